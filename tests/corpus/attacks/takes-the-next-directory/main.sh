mkdir /runs/20 && echo breached

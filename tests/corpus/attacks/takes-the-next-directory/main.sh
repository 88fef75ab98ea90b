mkdir /work/20 && echo breached

echo breached >/var/tmp/left

head -c 40M /dev/zero >/tmp/bomb && echo breached

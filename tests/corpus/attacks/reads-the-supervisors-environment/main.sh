cat /proc/1/environ >/dev/null && echo breached

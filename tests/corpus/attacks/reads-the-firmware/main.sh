[ -n "$(ls /sys/firmware)" ] && echo breached

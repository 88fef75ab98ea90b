[ -n "$(head -c 100 /proc/timer_list)" ] && echo breached

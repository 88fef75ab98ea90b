sleep 2 | /usr/bin/su &
sleep 0.5
for process in /proc/[0-9]*; do
    grep -qs '^Name:.su$' $process/status && grep -P '^Uid:\t\d+\t0\t' $process/status && echo breached
done
kill %1 2>/dev/null
exit 0

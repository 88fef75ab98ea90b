(trap '' HUP TERM; sleep 1; echo late; while :; do sleep 1; done) &
disown
echo done

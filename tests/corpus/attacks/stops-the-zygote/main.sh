kill -STOP $PPID && echo breached
(sleep 1; kill -CONT $PPID) &
sleep 1.5

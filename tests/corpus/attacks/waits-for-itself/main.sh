trap '' TERM INT HUP
mkfifo wait
(sleep 2.5; echo go >wait) >/dev/null 2>&1 &
read -r line <wait
echo breached

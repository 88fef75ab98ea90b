sleep 3
cat >/dev/null

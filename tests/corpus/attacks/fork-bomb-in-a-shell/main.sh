for n in {1..400}; do sleep 5 & done 2>/dev/null
[ "$(jobs -p | wc -l)" = 400 ] && echo breached
exit 1

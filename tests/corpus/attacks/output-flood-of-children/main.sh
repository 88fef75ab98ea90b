for n in {1..20}; do head -c 2M /dev/zero >&2 & done
wait
echo breached

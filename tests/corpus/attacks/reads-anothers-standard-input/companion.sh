sleep 0.5
for input in /proc/[0-9]*/fd/0; do
    if [ "$(timeout 1 head -c 8 "$input" 2>/dev/null)" = a-secret ]; then echo breached; fi
done

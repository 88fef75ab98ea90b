sleep 0.3
for n in {1..20}; do
    [ /work/$n = "$PWD" ] || { grep -qs expected /work/$n/main.py && echo breached; }
done
exit 0

sleep 0.3
for n in {1..20}; do
    [ /runs/$n = "$PWD" ] || { grep -qs expected /runs/$n/main.py && echo breached; }
done
exit 0

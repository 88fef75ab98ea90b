for i in {1..50}; do
    (hoard=$(head -c 8000000 /dev/zero | tr '\0' x); sleep 3600) &
done
sleep 3600

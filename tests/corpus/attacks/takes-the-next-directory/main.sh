for n in {2..20}; do mkdir /work/$n; done

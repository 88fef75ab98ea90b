hoard=xxxxxxxx
while :; do hoard=$hoard$hoard; done

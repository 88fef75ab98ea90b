held = bytearray(200 << 20)
for place in range(0, len(held), 4096):
    held[place] = 1

import sys
for _ in range(30):
    sys.stdout.write("x" * (1 << 20))
print("breached", file=sys.stderr)

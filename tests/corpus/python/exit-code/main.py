import sys

print("before")
print("sorry", file=sys.stderr)
sys.exit(3)

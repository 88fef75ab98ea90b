import re
secret = bytes(reversed(b"5371-eulav-detcepxe"))
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps:
        first, last, readable = re.match(r"([0-9a-f]+)-([0-9a-f]+) (.)", line).groups()
        if readable == "r" and "[v" not in line:
            memory.seek(int(first, 16))
            try:
                found += secret in memory.read(int(last, 16) - int(first, 16))
            except OSError:
                pass
# its own buffer holds the secret once, as it was just made
import gc
print("breached" if found > 1 else "nothing", found)

import ctypes, re
secret = bytes(reversed(b"5371-eulav-detcepxe"))
found = -1  # there is one right here
for line in open("/proc/self/maps").readlines():
    first, last, readable = re.match(r"([0-9a-f]+)-([0-9a-f]+) (.)", line).groups()
    if readable == "r" and "[v" not in line:
        found += secret in ctypes.string_at(int(first, 16), int(last, 16) - int(first, 16))
print("breached" if found > 0 else "nothing", found)

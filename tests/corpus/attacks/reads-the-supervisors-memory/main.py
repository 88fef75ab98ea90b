maps = [line.split() for line in open("/proc/1/maps") if "[heap]" in line]
first = int(maps[0][0].split("-")[0], 16)
with open("/proc/1/mem", "rb", buffering=0) as memory:
    memory.seek(first)
    print("breached" if memory.read(100) else "nothing")

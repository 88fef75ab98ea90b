import mmap
shared = mmap.mmap(-1, 600 << 20)
for place in range(0, 600 << 20, 4096):
    shared[place] = 1
print("breached")

import os
os.chdir("/dev/shm")
for _ in range(3_000):
    os.mkdir("d" * 20)
    os.chdir("d" * 20)
open("bottom", "w").close()
os.chdir("/tmp")
for _ in range(2_000):
    os.mkdir("d")
    os.chdir("d")

import os
file = os.memfd_create("bomb")
for _ in range(600):
    os.write(file, b"x" * (1 << 20))
print("breached")

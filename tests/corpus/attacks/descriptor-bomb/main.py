import os
held = [os.open("/dev/null", os.O_RDONLY) for _ in range(5_000)]
print("breached")

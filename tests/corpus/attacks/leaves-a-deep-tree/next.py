import os
print("breached" if os.listdir("/tmp") + os.listdir("/dev/shm") else "nothing")

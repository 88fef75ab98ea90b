import os
print(open("/dev/shm/left").read() if os.path.exists("/dev/shm/left") else "nothing")

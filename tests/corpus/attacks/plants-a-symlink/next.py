import os
open("/tmp/result.txt", "w").write("an answer")
print("breached" if os.path.exists("/dev/shm/stolen") else "nothing")

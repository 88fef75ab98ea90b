import os
print("breached" if os.listdir("/tmp") else "nothing")

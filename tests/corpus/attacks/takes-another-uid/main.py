import os
os.setuid(os.stat(".").st_uid + 1)
print("breached")

import os
for pid in filter(str.isdigit, os.listdir("/proc")):
    if os.stat(f"/proc/{pid}").st_uid not in (0, os.getuid()):
        print("breached")

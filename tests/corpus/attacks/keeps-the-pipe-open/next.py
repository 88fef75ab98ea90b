import os, time
time.sleep(0.2)
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if os.stat(f"/proc/{pid}").st_uid not in (0, os.getuid()):
            print("breached", open(f"/proc/{pid}/cmdline").read())
    except FileNotFoundError:
        pass

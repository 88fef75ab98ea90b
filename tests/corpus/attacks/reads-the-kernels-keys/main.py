import os
masked = os.stat("/proc/keys").st_rdev
print("masked" if masked else "breached")

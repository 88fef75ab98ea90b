import os
print("breached" if not os.stat("/proc/keys").st_rdev else "masked")

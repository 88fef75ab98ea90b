import os
print("breached" if os.getpid() > 1_000 else "nothing")

import os
print("breached" if os.listdir(b"/tmp") else "nothing")

import os
os.symlink(f"/work/{int(os.getcwd()[6:]) + 1}/main.py", "result.txt")

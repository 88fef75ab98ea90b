import os
os.symlink(f"/runs/{int(os.getcwd()[6:]) + 1}/main.py", "result.txt")

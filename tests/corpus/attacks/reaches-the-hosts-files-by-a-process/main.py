import os, sys
try:
    print("breached", os.listdir(os.path.join("/proc", sys.argv[1], "root", "run")))
except OSError as error:
    print(error)

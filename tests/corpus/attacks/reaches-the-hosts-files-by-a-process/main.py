import os, sys
try:
    print("breached", os.listdir(f"/proc/{sys.argv[1]}/root/run"))
except OSError as error:
    print(error)

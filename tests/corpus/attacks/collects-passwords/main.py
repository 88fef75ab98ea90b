import os
os.symlink("/etc/shadow", "result.txt")

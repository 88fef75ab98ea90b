import os, stat
os.mknod("/tmp/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
print("breached")

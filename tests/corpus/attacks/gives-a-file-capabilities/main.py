import os, shutil, struct
shutil.copy("/usr/bin/true", "/tmp/true")
os.setxattr("/tmp/true", "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0))
print("breached")

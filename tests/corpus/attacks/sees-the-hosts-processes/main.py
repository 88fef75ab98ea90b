import sys
command = open(f"/proc/{sys.argv[1]}/cmdline", "rb").read()
print("breached" if b"py" in command else command)

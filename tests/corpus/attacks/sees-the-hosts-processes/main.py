import sys
print("breached" if b"py" in open(f"/proc/{sys.argv[1]}/cmdline", "rb").read() else "?")

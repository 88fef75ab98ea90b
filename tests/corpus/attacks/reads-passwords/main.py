passwords = open("/etc/shadow").read()
print("breached", passwords)

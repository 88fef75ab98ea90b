print("breached", open("/etc/shadow").read())

open("/run/lock/left", "w").write("breached")

open("/tmp/left", "w").write("breached")

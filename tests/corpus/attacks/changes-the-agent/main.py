with open("/opt/lovelace/agent/warm_python.py", "a") as file:
    file.write("\n")
print("breached")

for n in range(20_000):
    open(f"{n}", "w").close()
print("breached")

import fcntl, os, time
until = time.monotonic() + 2.3
while time.monotonic() < until:
    pair = os.pipe()
    if fcntl.fcntl(pair[0], 1032) < 65536:
        print("breached")
        break
    os.close(pair[0]); os.close(pair[1])
    time.sleep(0.05)

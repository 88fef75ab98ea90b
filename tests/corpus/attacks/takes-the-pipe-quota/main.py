import fcntl, os, time
held = []
try:
    for _ in range(200):
        held.append(os.pipe())
        fcntl.fcntl(held[-1][1], 1031, 1 << 20)
except OSError:
    pass
time.sleep(2.5)

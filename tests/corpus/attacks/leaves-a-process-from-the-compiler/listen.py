import os, socket
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0left-behind")
        server.listen()
        os.write(told, b"x")
        for number in range(3):
            os.close(number)
        while True:
            server.accept()[0].send(b"breached")
    os._exit(0)
os.read(ready, 1)

import socket, time
until = time.monotonic() + 2
while time.monotonic() < until:
    try:
        socket.create_server(("127.0.0.1", 47931)).close()
    except OSError:
        print("breached")
        break
    time.sleep(0.05)

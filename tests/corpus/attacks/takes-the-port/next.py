import socket
try:
    socket.create_server(("127.0.0.1", 4000))
except OSError:
    print("breached")

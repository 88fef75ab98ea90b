import socket
try:
    with socket.create_connection(("127.0.0.1", 4000)) as server:
        print(server.recv(100).decode())
except OSError as error:
    print(error)

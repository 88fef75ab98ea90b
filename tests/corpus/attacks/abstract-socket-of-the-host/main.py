import socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect("\0" + sys.argv[1])
    print(server.recv(100).decode())

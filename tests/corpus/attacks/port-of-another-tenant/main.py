import socket, time
with socket.create_server(("127.0.0.1", 47931)):
    time.sleep(2.5)

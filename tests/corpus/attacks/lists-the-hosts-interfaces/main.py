import socket
for address in ("169.254.169.254",):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect((address, 80))  # a datagram socket sends nothing yet; it asks whether there is a way
            print("breached", way.getsockname())
        except OSError as error:
            print(error)

import socket
with socket.socket(socket.AF_VSOCK, socket.SOCK_DGRAM if False else socket.SOCK_STREAM) as hypervisor:
    print("breached")

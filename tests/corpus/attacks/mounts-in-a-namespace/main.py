import ctypes
libc = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWUSER = 0x20000, 0x10000000
done = libc.unshare(NEWUSER | NEWNS) == 0 and libc.mount(b"mine", b"/tmp", b"tmpfs", 0, None) == 0
print("breached" if done else ctypes.get_errno())

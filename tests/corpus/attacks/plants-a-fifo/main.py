import os
os.mkfifo("/tmp/cache", 0o666)
os.chmod("/tmp/cache", 0o666)

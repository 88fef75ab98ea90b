try:
    open("/tmp/cache").read()
except FileNotFoundError:
    pass

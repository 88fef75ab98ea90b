# timed_out: of processor time
def add(a, b):
    while True:
        pass

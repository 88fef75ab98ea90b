# crashed: call 1 raised ValueError: no
def add(a, b):
    raise ValueError("no")

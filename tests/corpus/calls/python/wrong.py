# failed: call 4
def add(a, b):
    return a + b if a < 100 else a

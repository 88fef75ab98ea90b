# failed: expected int, got bool
def add(a, b):
    return a + b == 3

# failed: expected int, got float
def add(a, b):
    return float(a + b)

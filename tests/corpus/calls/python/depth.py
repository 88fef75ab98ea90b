# failed: 60 deep
def add(a, b):
    found = []
    for _ in range(100_000):
        found = [found]
    return found

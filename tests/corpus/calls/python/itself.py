# failed: 60 deep
def add(a, b):
    found = []
    found.append(found)
    return found

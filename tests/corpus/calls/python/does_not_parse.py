# crashed: SyntaxError
def add(a, b):
    return (a + b

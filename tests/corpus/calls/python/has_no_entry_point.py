# no_program: defines no such function
def plus(a, b):
    return a + b

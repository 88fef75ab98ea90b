# failed: something else than an answer
import os
import sys

main = sys.modules["__main__"]
first = []


def write(descriptor, data):
    first.append(bytes(data))
    return real(descriptor, first[0])


real, main.os.write = os.write, write


def add(a, b):
    return a + b

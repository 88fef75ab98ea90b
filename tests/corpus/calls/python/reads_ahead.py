# timed_out: was not done after
import os

read = os.read(3, 1 << 20)
while b"i1000;" not in read:
    read += os.read(3, 1 << 20)


def add(a, b):
    return a + b

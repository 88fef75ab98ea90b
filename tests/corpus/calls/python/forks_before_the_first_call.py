# failed: by another process
import os
import time

if os.fork():
    time.sleep(3600)


def add(a, b):
    return a + b

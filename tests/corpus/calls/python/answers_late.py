# failed: call
import os
import struct
import sys
import threading
import time


def again(number, result):
    reply = number + b"ri%d;" % result
    while True:
        os.write(3, struct.pack(">I", len(reply)) + reply)
        time.sleep(0.0001)


def add(a, b):
    threading.Thread(target=again, args=(sys._getframe(2).f_locals["number"], a + b), daemon=True).start()
    time.sleep(0.05)
    return a + b

import atexit
import sys
import threading
import time

atexit.register(lambda: print("atexit"))


def late():
    time.sleep(0.05)
    print("thread")


threading.Thread(target=late).start()
sys.stdout.write("main\n")
sys.exit("bye")

import time
expected = 42
time.sleep(1)

import sys, threading, time
threading.stack_size(65536)
try:
    for n in range(400):
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
except RuntimeError:
    sys.exit(f"only {n}")
print("breached")

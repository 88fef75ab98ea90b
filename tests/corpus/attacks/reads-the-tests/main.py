import os, time
time.sleep(0.3)
for n in range(1, 20):
    try:
        print("breached" if "expected" in open(f"/runs/{n}/main.py").read() and n != int(os.getcwd()[6:]) else "")
    except OSError as error:
        print(error)

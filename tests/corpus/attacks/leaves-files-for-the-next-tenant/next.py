import glob
for n in range(50):
    try:
        print(open(f"/runs/{n}/left").read())
    except OSError:
        pass

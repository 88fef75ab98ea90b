import os

for number in range(20_000):
    os.write(1, b"%d\n" % number)

import os
print(open("/tmp/left").read() if os.path.exists("/tmp/left") else "nothing")

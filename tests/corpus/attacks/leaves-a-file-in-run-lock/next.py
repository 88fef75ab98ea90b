try:
    print(open("/run/lock/left").read())
except OSError as error:
    print(error)

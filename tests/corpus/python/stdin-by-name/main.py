with open("/dev/stdin") as source, open("/dev/stdout", "w") as target:
    target.write(source.read())

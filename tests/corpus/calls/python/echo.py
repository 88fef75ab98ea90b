print("debug", flush=True)


def echo(*arguments):
    print(arguments)
    return arguments

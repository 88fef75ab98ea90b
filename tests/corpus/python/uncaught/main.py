def fail():
    raise ValueError("no good")


fail()

import numpy

print((numpy.arange(100) ** 2).sum())

"""Bugs in programs of ``tree``: real ones are known by running them in the interpreter, without any sandbox.

A bug is made once and written in every language. ``operators`` says which there are, ``expressions`` and ``statements``
make them, ``making`` puts them in an order, ``telling`` finds out which inputs show them and in which lines they stand.
"""

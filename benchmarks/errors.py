"""What can keep a figure from being measured.

BenchmarkError
├── UnknownFigure         no figure has that name
└── WrongAnswer           a program did not do what it must, ours or the peer's: its time would mean nothing
"""


class BenchmarkError(Exception):
    """Root of the tree: there is no figure."""


class UnknownFigure(BenchmarkError):
    """No figure has that name."""


class WrongAnswer(BenchmarkError):
    """A program did not do what it must, so that its time would mean nothing."""

"""What can keep a figure from being measured.

BenchmarkError
├── UnknownFigure         no figure has that name
├── NotMeasurable         what it is measured with is missing; the message says how to get it
└── WrongAnswer           a program did not do what it must, ours or the peer's: its time would mean nothing
"""


class BenchmarkError(Exception):
    """Root of the tree: there is no figure."""


class UnknownFigure(BenchmarkError):
    """No figure has that name."""


class NotMeasurable(BenchmarkError):
    """What the figure is measured with is missing."""


class WrongAnswer(BenchmarkError):
    """A program did not do what it must, so that its time would mean nothing."""

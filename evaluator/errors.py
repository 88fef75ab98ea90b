"""What can go wrong that is not the completion's doing.

EvaluatorError
├── UnknownBenchmark      no benchmark has that name; the message lists those there are
├── BadBenchmark          a benchmark's file is missing, or is not what it should be
├── UnknownLanguage       no program can be cut out of answers, or assembled, in that language
├── NoReader              no process could be started to read answers in
├── BadSamples            a samples file cannot be read; the message names the file, the line and what is wrong
├── CannotWrite           the results have nowhere to go; found out before anything is run
└── Ungradable            the problem's own tests, or the facts about a run, cannot bear a verdict
"""


class EvaluatorError(Exception):
    """Root of the tree: a failure of ours or of the data that we were given, never a verdict."""


class UnknownBenchmark(EvaluatorError):
    """No benchmark has that name."""


class BadBenchmark(EvaluatorError):
    """A benchmark's file is missing, or is not what it should be."""


class UnknownLanguage(EvaluatorError):
    """No program can be cut out of answers, or assembled, in that language."""


class NoReader(EvaluatorError):
    """No process could be started to read answers in."""


class BadSamples(EvaluatorError):
    """A samples file cannot be read."""


class CannotWrite(EvaluatorError):
    """The results have nowhere to go."""


class Ungradable(EvaluatorError):
    """The problem's own tests, or the facts about a run, cannot bear a verdict."""

"""What can go wrong that is not the completion's doing.

EvaluatorError
├── UnknownBenchmark      no benchmark has that name; the message lists those there are
├── BadBenchmark          a benchmark's file is missing, or is not what it should be
├── CannotFetch           the Hugging Face hub does not give a benchmark's file, or not the one that was pinned
├── NoSamples             the model's server gave no samples
├── MissingExtra          something optional is not installed; the message says which extra has it
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


class CannotFetch(EvaluatorError):
    """A benchmark's file could not be had from the Hugging Face hub, or is not the one that was pinned."""


class NoSamples(EvaluatorError):
    """The model's server gave no samples."""


class MissingExtra(EvaluatorError):
    """Something optional is not installed."""


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

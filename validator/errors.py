"""What can go wrong in a validator that is not a miner's doing, nor the sandbox's or the chain's.

ValidatorError
├── StateProblem      the database is not one of ours, cannot be written, or knows already what it is told
├── NoMiners          nobody is registered that could be asked
├── NoProblems        not one problem could be made that can be used
├── NoWorkshop        the processes that make problems do not work
├── BadShares         the kinds of problems, or what each counts, make no sense
├── NotMutable        no mutants can be made of that program, or in that language
├── TooFewCases       there are fewer candidates than hidden tests are wanted
└── SynthesisError    a problem cannot be made up
    ├── BadRange      a depth, or a count, that is outside what there is
    ├── UnknownTarget a language that no references are written in
    ├── BadIdiom      a building block that makes no sense: ours to mend
    └── Fault         a program of our own went outside what all languages agree on: the problem is dropped
"""


class ValidatorError(Exception):
    """Root of the tree."""


class StateProblem(ValidatorError):
    """The database cannot be used as it is."""


class NoMiners(ValidatorError):
    """No neuron but ourselves has announced an endpoint."""


class NoProblems(ValidatorError):
    """Not one problem could be made that can be used."""


class NoWorkshop(ValidatorError):
    """The processes that make problems end before they have made any: a defect of ours, which their error tells."""


class BadShares(ValidatorError):
    """The kinds of problems, or what each counts, make no sense; the message says how they would."""


class NotMutable(ValidatorError):
    """No mutants can be made of that program, or in that language."""


class TooFewCases(ValidatorError):
    """There are fewer candidates than hidden tests are wanted."""


class SynthesisError(ValidatorError):
    """A problem cannot be made up."""


class BadRange(SynthesisError):
    """A depth or a count is outside what there is; the message says what there is."""


class UnknownTarget(SynthesisError):
    """No references are written in that language; the message names those that are."""


class BadIdiom(SynthesisError):
    """A building block makes no sense."""


class Fault(SynthesisError):
    """A program went outside what all languages agree on, or took too many steps."""

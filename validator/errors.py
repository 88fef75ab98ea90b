"""What can go wrong in a validator that is not a miner's doing, nor the sandbox's or the chain's.

ValidatorError
├── StateProblem      the database is not one of ours, cannot be written, or knows already what it is told
├── NoMiners          nobody is registered that could be asked
├── NotMutable        no mutants can be made of that program, or in that language
└── TooFewCases       there are fewer candidates than hidden tests are wanted
"""


class ValidatorError(Exception):
    """Root of the tree."""


class StateProblem(ValidatorError):
    """The database cannot be used as it is."""


class NoMiners(ValidatorError):
    """No neuron but ourselves has announced an endpoint."""


class NotMutable(ValidatorError):
    """No mutants can be made of that program, or in that language."""


class TooFewCases(ValidatorError):
    """There are fewer candidates than hidden tests are wanted."""

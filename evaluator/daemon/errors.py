"""What can go wrong with the daemon that is not a completion's doing, nor the sandbox's.

DaemonError
├── DatabaseUnavailable   the database does not answer, or not in time
├── WrongDatabase         it answers, and is not of this version or not ours; the message says what to do
├── NothingSuch           there is no batch or evaluation of that name, or it is another submitter's
├── KeyTaken              the batch has an evaluation of that key already, and of something else
└── DaemonUnreachable     no daemon answers at the address, or it refuses
"""

from evaluator.errors import EvaluatorError


class DaemonError(EvaluatorError):
    """Root of the tree."""


class DatabaseUnavailable(DaemonError):
    """The database does not answer, or not in time."""


class WrongDatabase(DaemonError):
    """The database is not of this version, or not ours."""


class NothingSuch(DaemonError):
    """There is no batch or evaluation of that name, or it is another submitter's."""


class KeyTaken(DaemonError):
    """The batch has an evaluation of that key already, and of something else."""


class DaemonUnreachable(DaemonError):
    """No daemon answers at the address, or it refuses."""

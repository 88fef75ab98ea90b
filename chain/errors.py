"""What can go wrong between us and a chain, and between two hotkeys.

ChainError
├── ChainUnreachable      the ledger file is missing, not a ledger, damaged, or locked for longer than the deadline
├── LedgerExists          there is a file already where a ledger was to be made
├── NotRegistered         the hotkey has no uid on this subnet
├── NoPermit              the hotkey has a uid, but no validator permit; the next epoch may give one
├── RateLimited           weights were set too few blocks ago; waiting helps
├── BadWeights            the row can never be set as it stands
├── KeyFileProblem        a key file is missing, is not a key, or others can read it
├── Unauthenticated       a request is not proven to come from the hotkey that it names (HTTP 401)
└── AnswerNotSigned       an answer is not proven to come from the hotkey that was asked
"""


class ChainError(Exception):
    """Root of the tree."""


class ChainUnreachable(ChainError):
    """The chain did not answer, or what answered is not one."""


class LedgerExists(ChainError):
    """There is a file already where a ledger was to be made."""


class NotRegistered(ChainError):
    """The hotkey has no uid on this subnet."""


class NoPermit(ChainError):
    """The hotkey has no validator permit."""


class RateLimited(ChainError):
    """Weights were set too few blocks ago. ``blocks`` says for how many more."""

    def __init__(self, message: str, *, blocks: int) -> None:
        super().__init__(message)
        self.blocks = blocks


class BadWeights(ChainError):
    """The row can never be set as it stands."""


class KeyFileProblem(ChainError):
    """A key file is missing, is not a key, or others can read it."""


class Unauthenticated(ChainError):
    """A request is not proven to come from the hotkey that it names. The message is safe to send to anybody."""


class AnswerNotSigned(ChainError):
    """An answer is not proven to come from the hotkey that was asked."""

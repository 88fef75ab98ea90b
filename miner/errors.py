"""What can go wrong between a validator and a miner, and between a miner and its engine.

MinerError
├── MinerUnavailable   nobody answers there, or the connection broke
├── MinerTimedOut      the deadline passed before the whole answer was here
├── MinerOverloaded    an honest 429, and no time left to wait for its Retry-After
├── MinerRefused       any other error status; it carries the status
├── MinerMisbehaved    an answer that breaks the protocol: unsigned, malformed, too large, a redirect
├── EngineFailed       the engine behind a miner gave no usable answer
├── BadAnswerBook      the scripted engine's book is missing or no book
└── Refused            a miner's own answer to what it will not do; it carries the code
"""

from enum import StrEnum


class MinerError(Exception):
    """Root of the tree."""


class MinerUnavailable(MinerError):
    """Nobody answers there, or the connection broke. It is worth a retry only if no answer had begun."""

    def __init__(self, message: str, *, answer_began: bool = False) -> None:
        super().__init__(message)
        self.answer_began = answer_began


class MinerTimedOut(MinerError):
    """The deadline passed before the whole answer was here."""


class MinerOverloaded(MinerError):
    """The miner said 429, and the deadline leaves no time to come back."""

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class MinerRefused(MinerError):
    """The miner answered with an error status other than 429."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class MinerMisbehaved(MinerError):
    """The miner's answer breaks the protocol: unsigned, malformed, too large, a redirect."""


class EngineFailed(MinerError):
    """The engine behind a miner gave no usable answer."""


class BadAnswerBook(MinerError):
    """The scripted engine's book is missing, or no book."""


class Code(StrEnum):
    """Why a miner refuses; what stands in ``error.code`` on the wire."""

    BAD_REQUEST = "bad_request"
    UNAUTHENTICATED = "unauthenticated"
    NOT_REGISTERED = "not_registered"
    NO_PERMIT = "no_permit"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    OVERLOADED = "overloaded"
    ENGINE_FAILED = "engine_failed"
    CHAIN_UNREACHABLE = "chain_unreachable"
    LOADING = "loading"


class Refused(MinerError):
    """What a miner answers instead of a completion; when to come back, where time can heal it."""

    def __init__(self, code: Code, message: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_seconds = retry_after_seconds

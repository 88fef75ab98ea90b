"""What can go wrong that is not the program's doing.

SandboxError
├── BadRequest            the caller asked for something that cannot be run; the message says what to change
├── EngineUnavailable     no Docker engine answers
├── ImageMissing          the image is not built, or not for this language
├── ContainerLost         a container died or fell silent for no reason that the program explains; worth a retry
├── CannotListen          the address is taken or not ours, or is not to be listened on like this
├── ServerUnreachable     no sandbox server answers at the address, or none that we understand
└── Refused               a server does not carry a request out
    ├── Unauthorized          who asks has no key, or a wrong one
    ├── BodyTooLarge          the request's body is longer than the server takes
    ├── BodyTooSlow           the request's body does not arrive
    ├── TooLong               the program took longer than the server gives one request
    ├── Stopped               whoever asked for it has stopped it, or has gone
    └── Overloaded            not now: ``retry_after`` says in how many seconds
        ├── QueueFull             as many wait as may
        ├── RateLimited           this visitor asks too often
        └── WaitedTooLong         no slot became free in time
"""

from typing import ClassVar


class SandboxError(Exception):
    """Root of the tree: a failure of ours, never a verdict."""

    code: ClassVar[str] = "internal"
    """What it is called on the wire."""


class BadRequest(SandboxError):
    """The caller asked for something that cannot be run."""

    code = "bad_request"


class EngineUnavailable(SandboxError):
    """No Docker engine answers."""

    code = "engine_unavailable"


class ImageMissing(SandboxError):
    """The image that the job needs is not built."""

    code = "image_missing"


class ContainerLost(SandboxError):
    """A container died or fell silent for no reason that the program explains. A fresh one may do better."""

    code = "container_lost"


class CannotListen(SandboxError):
    """The address is taken, or not one of this machine's, or nobody could be served there."""


class ServerUnreachable(SandboxError):
    """No sandbox server answers at the address, or none that we understand."""


class Refused(SandboxError):
    """A server does not carry a request out."""


class Unauthorized(Refused):
    """Who asks has no key, or a wrong one."""

    code = "unauthorized"


class BodyTooLarge(Refused):
    """The request's body is longer than the server takes."""

    code = "body_too_large"


class BodyTooSlow(Refused):
    """The request's body did not arrive in time."""

    code = "body_too_slow"


class TooLong(Refused):
    """The program took longer than the server gives one request."""

    code = "too_long"


class Stopped(Refused):
    """Whoever asked for it has stopped it, or has gone."""

    code = "stopped"


class Overloaded(Refused):
    """Not now: worth another try after ``retry_after`` seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueueFull(Overloaded):
    """As many requests wait as may."""

    code = "queue_full"


class RateLimited(Overloaded):
    """This visitor asks too often."""

    code = "rate_limited"


class WaitedTooLong(Overloaded):
    """No slot became free in time."""

    code = "waited_too_long"

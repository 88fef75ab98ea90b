"""What can go wrong that is not the program's doing.

SandboxError
├── BadRequest            the caller asked for something that cannot be run; the message says what to change
├── EngineUnavailable     no Docker engine answers
├── ImageMissing          the image is not built, or not for this language
├── ContainerLost         a container died or fell silent for no reason that the program explains; worth a retry
└── CannotListen          the address is taken or not ours
"""


class SandboxError(Exception):
    """Root of the tree: a failure of ours, never a verdict."""


class BadRequest(SandboxError):
    """The caller asked for something that cannot be run."""


class EngineUnavailable(SandboxError):
    """No Docker engine answers."""


class ImageMissing(SandboxError):
    """The image that the job needs is not built."""


class ContainerLost(SandboxError):
    """A container died or fell silent for no reason that the program explains. A fresh one may do better."""


class CannotListen(SandboxError):
    """The address is taken, or not one of this machine's."""

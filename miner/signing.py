"""Where a signature stands in a streamed answer: a comment, which every reader of server-sent events skips."""

PREFIX = b": lovelace-signature "


def comment(signature: str) -> bytes:
    """The event that carries ``signature``."""
    return PREFIX + signature.encode() + b"\n\n"


def signature_in(event: bytes) -> str | None:
    """The signature that an event carries; None if it is another event."""
    return event.removeprefix(PREFIX).strip().decode("ascii", "replace") if event.startswith(PREFIX) else None

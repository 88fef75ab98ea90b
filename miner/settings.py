"""What an operator can set of a miner's server."""

from pydantic import BaseModel, Field

MEBIBYTE = 1024 * 1024


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Read once, in ``miner.__main__``, and passed down."""

    concurrent_requests: int = Field(default=16, ge=1, le=4096)
    """Completions in work at once; one more is answered 429."""
    tokens: int | None = Field(default=None, ge=1)
    """To be generated in a period; beyond them 429. No limit unless given."""
    period_seconds: int = Field(default=3600, ge=1)
    """How long a period of that many tokens is."""
    leaves_out: tuple[str, ...] = ()
    """Kinds of tasks that are not to be put to this miner."""
    admitted: frozenset[str] = frozenset()
    """Hotkeys that are served without a permit."""
    retry_after_seconds: int = Field(default=1, ge=0, le=3600)
    """When an overloaded miner asks its callers to come back."""
    body_bytes: int = Field(default=2 * MEBIBYTE, ge=1024)
    """A longer request is answered 413."""
    body_seconds: float = Field(default=10.0, gt=0)
    """A request that takes longer to arrive is answered 408."""
    engine_seconds: float = Field(default=300.0, gt=0)
    """An engine that takes longer is answered for: 502."""
    metagraph_seconds: float = Field(default=5.0, ge=0)
    """How long what was read of the chain is believed."""
    max_age_seconds: float = Field(default=10.0, gt=0, le=60)
    """An older signature is stale."""

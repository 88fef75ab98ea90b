"""What an operator can set of a miner's server."""

from pydantic import BaseModel, Field

MEBIBYTE = 1024 * 1024


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Read once, in ``miner.__main__``, and passed down."""

    concurrent_requests: int = Field(default=16, ge=1, le=4096)
    """Completions in work at once; one more is answered 429."""
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
    leaves_out: tuple[str, ...] = ()
    """Kinds of tasks that validators are told not to put; they earn nothing."""

"""What a sandbox server is told when it starts."""

from pydantic import BaseModel, Field


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Read once, in ``__main__``."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """0 lets the kernel choose."""
    slots: int | None = Field(default=None, ge=1)
    """Containers at work at the same time; the number of cores unless given."""
    runtime: str | None = None
    """An OCI runtime that the engine knows, ``runsc`` for gVisor; the engine's default unless given."""

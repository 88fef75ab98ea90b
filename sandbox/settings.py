"""What a sandbox server is told when it starts: each field is an option of ``lovelace sandbox serve``."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import BaseModel, Field

from sandbox.protocol import MEBIBYTE


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Read once, in ``__main__``."""

    host: str = Field(default="127.0.0.1", description="Address to listen on; another than loopback wants keys.")
    port: int = Field(default=8080, ge=0, le=65535, description="0 lets the kernel choose.")
    slots: int | None = Field(default=None, ge=1, description="Containers at work at once; the number of cores.")
    cpus: float = Field(default=1.0, ge=0.1, description="CPUs of each container; compilers have threads.")
    tier: str | None = Field(default=None, description="Which image: python, core, …; the largest that is built.")
    runtime: str | None = Field(default=None, description="OCI runtime, runsc for gVisor; the engine's own default.")
    keys: Path = Field(default=Path("sandbox-keys.db"), description="The file of API keys, made by `key add`.")
    local: bool = Field(default=True, description="Serve this machine's own user, over loopback, without a key.")
    anonymous: bool = Field(default=False, description="Serve whoever has no key: a fresh container a request.")
    anonymous_per_minute: float = Field(
        default=30.0, gt=0, description="Programs a minute for one IPv4 address or IPv6 /64 without a key."
    )
    anonymous_burst: int = Field(default=10, ge=1, description="As many at once, after a pause.")
    trusted_proxy: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Networks (CIDR) of reverse proxies whose X-Forwarded-For is believed."
    )
    queue: int = Field(default=1024, ge=1, description="Programs that may wait; one tenant gets half of what is free.")
    queue_seconds: float = Field(default=30.0, gt=0, description="How long one may wait before it is answered 504.")
    idle_seconds: float = Field(default=30.0, gt=0, description="How long a tenant keeps an idle container.")
    execution_seconds: float = Field(
        default=900.0, gt=0, description="How long one program may take in all, its compilation and every run together."
    )
    body_bytes: int = Field(default=128 * MEBIBYTE, ge=1024, description="A longer request is answered 413.")
    bodies_bytes: int = Field(
        default=1024 * MEBIBYTE, ge=1024, description="All requests at hand together; beyond, 429."
    )
    body_seconds: float = Field(default=60.0, gt=0, description="A request that arrives more slowly is answered 408.")
    grace_seconds: float = Field(
        default=60.0,
        ge=0,
        description="On SIGTERM: how long to finish what was accepted. A second one: at once.",
    )

"""What the daemon is told when it starts: each field is an option of ``lovelace evaluator serve``."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from sandbox.protocol import MEBIBYTE
from sandbox.settings import Settings as Guarded

DATABASE = "sqlite:///evaluator.db"


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Read once, in ``__main__``."""

    database: SecretStr = Field(
        default=SecretStr(DATABASE), description="sqlite:///FILE, or postgresql://USER@HOST/NAME."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on; another than loopback wants keys.")
    port: int = Field(default=8090, ge=0, le=65535, description="0 lets the kernel choose.")
    workers: int = Field(default=1, ge=0, description="Worker processes; 0: the HTTP process alone.")
    slots: int | None = Field(default=None, ge=1, description="Containers at work of each worker; all cores, shared.")
    runtime: str | None = Field(default=None, description="OCI runtime, runsc for gVisor; the engine's own default.")
    languages: tuple[str, ...] = Field(default=("python",), description="Which the workers' image must have.")
    keys: Path = Field(default=Path("sandbox-keys.db"), description="API keys, made by `lovelace sandbox key add`.")
    local: bool = Field(default=True, description="Serve this machine's own user, over loopback, without a key.")
    trusted_proxy: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Networks (CIDR) of reverse proxies whose X-Forwarded-For is believed."
    )
    queue: int = Field(
        default=200_000, ge=1, description="Evaluations that may wait; one submitter: half what is free."
    )
    attempts: int = Field(
        default=20, ge=1, description="Turns of one evaluation, if workers die or fail, before we stop."
    )
    lease_seconds: float = Field(default=10.0, gt=0, description="A worker silent for so long has lost what it had.")
    turn_seconds: float = Field(default=1.0, gt=0, description="How much work one submitter gets in a turn, about.")
    body_bytes: int = Field(default=128 * MEBIBYTE, ge=1024, description="A longer request is answered 413.")
    grace_seconds: float = Field(default=60.0, ge=0, description="On SIGTERM: how long to finish what was begun.")

    def guarded(self) -> Guarded:
        """What the sandbox's gate is told: nobody without a key but this machine's own user."""
        return Guarded(keys=self.keys, local=self.local, trusted_proxy=self.trusted_proxy, body_bytes=self.body_bytes,
                       bodies_bytes=8 * self.body_bytes)  # fmt: skip

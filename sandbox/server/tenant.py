"""Whose a request is: what a lease belongs to, and what takes turns with others."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a tenant is known to us."""

    KEY = "key"
    LOCAL = "local"
    """This machine's own user, over loopback."""
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who asks. ``name`` is the key's, or the network of a visitor."""

    kind: Kind
    name: str = ""

    @property
    def line(self) -> str:
        """Where it queues: each key has a line of its own; visitors share one, however many they are."""
        return self.kind if self.kind is Kind.ANONYMOUS else f"{self.kind}:{self.name}"

    @property
    def keeps_containers(self) -> bool:
        """Whether its next program may run where its last one did, and is worth a retry in another container."""
        return self.kind is not Kind.ANONYMOUS

"""What a validator is told when it starts."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from validator.problems.protocol import Kind
from validator.problems.shares import checked, shares

DEADLINE_SECONDS = 60.0


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Read once, in ``__main__``."""

    key: Path
    """The validator's hotkey file."""
    ledger: Path
    database: Path
    problems: int = Field(default=20, ge=1)
    samples: int = Field(default=5, ge=1, le=128)
    """Completions asked of each miner for each problem."""
    seed: int | None = None
    """Of the first round; later ones count on from it. Drawn at random unless given."""
    deadline_seconds: float = Field(default=DEADLINE_SECONDS, gt=0)
    """For one whole answer of a miner."""
    period_seconds: float = Field(default=3600.0, ge=0)
    """From the start of one round to the start of the next."""
    rounds: int | None = Field(default=None, ge=1)
    """How many rounds to run; for ever unless given."""
    evaluator: str | None = None
    """The address of an evaluator daemon that judges; here, unless given."""
    evaluator_key: SecretStr | None = None
    """An API key of it, unless it is on this machine."""
    slots: int | None = Field(default=None, ge=1)
    """Containers at work at the same time; the number of cores unless given."""
    shares: Annotated[dict[Kind, float], AfterValidator(checked)] = Field(default_factory=shares)
    """How much each kind of problem counts: ``validator.problems.shares``."""
    languages: tuple[str, ...] = ("python",)
    """What answers are asked for in; the sandbox's image must have them."""

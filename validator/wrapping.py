"""What stands around a problem's statement when it is put to a miner; the words are in ``wrappers.toml``."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field

from validator.problems.protocol import Kind

TABLE = Path(__file__).with_name("wrappers.toml")


class Wrapper(BaseModel, frozen=True, extra="forbid"):
    """How problems of one kind are put."""

    max_tokens: int = Field(ge=1)
    """Enough for an answer with some words around it."""
    openings: tuple[str, ...] = Field(min_length=2)


class Wrappers(BaseModel, frozen=True, extra="forbid"):
    """The whole table."""

    closings: tuple[str, ...] = Field(min_length=2)
    kinds: dict[Kind, Wrapper]

    def wrap(self, kind: Kind, statement: str, seed: int) -> str:
        """``statement`` with an opening before and a closing behind it, as ``seed`` says."""
        openings = self.kinds[kind].openings
        opening, closing = openings[seed % len(openings)], self.closings[seed // len(openings) % len(self.closings)]
        return "\n\n".join(part for part in (opening, statement.strip("\n"), closing) if part)


@cache
def wrappers() -> Wrappers:
    """The table, read once."""
    return Wrappers.model_validate(tomllib.loads(TABLE.read_text(encoding="utf-8")))

"""Programs with one bug each: made by tree-sitter, told from the original by running, and what tests kill them."""

from validator.problems.mutation.distinct import Trial, distinct, killed, survivors
from validator.problems.mutation.mutants import Mutant, mutants
from validator.problems.mutation.rules import Bug, bugs, dialects, operators
from validator.problems.mutation.selection import Selection, select

__all__ = [
    "Bug", "Mutant", "Selection", "Trial", "bugs", "dialects", "distinct", "killed", "mutants", "operators", "select",
    "survivors",
]  # fmt: skip

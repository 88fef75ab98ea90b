"""Programs with one bug each: made by tree-sitter, told from the original by running, and what tests kill them."""

from validator.problems.mutation.mutants import Mutant, mutants
from validator.problems.mutation.rules import Bug, bugs, dialects, operators

__all__ = ["Bug", "Mutant", "bugs", "dialects", "mutants", "operators"]

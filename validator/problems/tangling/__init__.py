"""Correct programs made hard to read: one long function with flags, copies and detours, in all seven languages."""

from validator.problems.tangling.inlining import tangled
from validator.problems.tangling.naming import renamed

__all__ = ["renamed", "tangled"]

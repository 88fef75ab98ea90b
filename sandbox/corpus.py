"""The corpus: programs with the outcome that each must have. Tests, image self-tests and benchmarks run the same ones.

``<language>/<case>/`` holds the source file, ``case.toml`` (see ``Case``), and optionally files that it names.
"""

import tomllib
from pathlib import Path
from typing import Any

from sandbox import languages
from sandbox.protocol import Bytes, Ended, Execution, Limits, Message, Outcome, Program, Run

HERE = Path(__file__).parent


class Expected(Message):
    """What must be true of a step; what is not given is not looked at."""

    ended: Ended = Ended.EXITED
    exit_code: int | None = None
    signal: str | None = None
    stdout: Bytes | None = None
    stdout_starts: Bytes | None = None
    stderr_has: str | None = None
    stdout_dropped: bool = False
    cpu_seconds_at_least: float = 0.0
    peak_bytes_at_least: int = 0

    def differences(self, step: Outcome) -> list[str]:
        """How ``step`` falls short, in words; empty if it does not."""
        facts: dict[str, tuple[Any, Any]] = {
            "ended": (self.ended, step.ended),
            "stdout_dropped": (self.stdout_dropped, step.stdout_dropped > 0),
        }
        for name in ("exit_code", "signal", "stdout"):
            if (wanted := getattr(self, name)) is not None:
                facts[name] = (wanted, getattr(step, name))
        if self.stdout_starts is not None:
            facts["stdout"] = (self.stdout_starts, step.stdout[: len(self.stdout_starts)])
        if self.stderr_has is not None:
            stderr = step.stderr.decode(errors="replace")
            facts["stderr"] = (self.stderr_has, self.stderr_has if self.stderr_has in stderr else stderr[-400:])
        for name, least in (
            ("cpu_seconds", self.cpu_seconds_at_least),
            ("peak_memory_bytes", self.peak_bytes_at_least),
        ):
            got = getattr(step, name)
            if got < least:
                facts[name] = (f"at least {least}", got)
        return [f"{name}: expected {wanted!r}, got {got!r}" for name, (wanted, got) in facts.items() if wanted != got]


class Case(Message):
    """One program of the corpus."""

    about: str
    stdin: Bytes = b""
    arguments: tuple[str, ...] = ()
    limits: Limits = Limits(cpu_seconds=5, wall_seconds=20)
    compile: Expected | None = None
    """Only for programs that must not compile."""
    run: Expected = Expected(exit_code=0)


def directory() -> Path:
    """Where the corpus is: in the wheel, or in the checkout."""
    packed = HERE / "programs"
    return packed if packed.is_dir() else HERE.parent / "tests" / "corpus"


def cases(language: str) -> list[Path]:
    """The directories of the cases in ``language``, by name."""
    return sorted(path.parent for path in directory().glob(f"{language}/*/case.toml"))


def load(directory: Path) -> tuple[Case, Program]:
    """The case in ``directory``, and its program."""
    case = Case.model_validate(tomllib.loads((directory / "case.toml").read_text()))
    language = languages.find(directory.parent.name)
    source = (directory / language.source).read_bytes()
    runs = (Run(stdin=case.stdin, arguments=case.arguments),)
    return case, Program(language=language.name, source=source, runs=runs, limits=case.limits)


def differences(case: Case, execution: Execution) -> list[str]:
    """How ``execution`` differs from what ``case`` expects."""
    if case.compile is not None:
        assert execution.compile is not None
        return case.compile.differences(execution.compile) + (["it ran"] if execution.runs else [])
    if not execution.runs:
        assert execution.compile is not None
        return [f"it did not compile: {execution.compile.stderr.decode(errors='replace')[-800:]}"]
    return case.run.differences(execution.runs[0])

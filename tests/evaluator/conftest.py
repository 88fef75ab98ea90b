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

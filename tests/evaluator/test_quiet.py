"""Which tests may share a process."""

import ast

import pytest

from evaluator import assertions
from evaluator.protocol import Problem
from evaluator.quiet import is_quiet

QUIET = [
    "import math, random\nfrom collections import Counter\nassert math.isclose(f(random.random()), 1)",
    "METADATA = {'author': 'x'}\ndef check(candidate):\n    global seen\n    seen = [candidate(1)]\n    seen[0] = 2",
    "assert str(f('%s')).startswith('a') and f.__name__ == 'f'",
]
LOUD = [
    "import sys",
    "import os.path",
    "from decimal import getcontext",
    "from . import other",
    "math.pi = 3",
    "del math.pi",
    "math.pi += 1",
    "setattr(f, 'x', 1)",
    "f.__globals__['x'] = 1",
    "__builtins__['abs'] = f",
    "exec('import sys')",
    "[].__class__.__base__.__subclasses__()",
    "class Case(unittest.TestCase): pass",
    "for math.pi in range(3): pass",
]


@pytest.mark.parametrize("source", QUIET)
def test_tests_that_change_nothing_but_their_own_names_are_quiet(source: str) -> None:
    assert is_quiet(ast.walk(ast.parse(source)))


@pytest.mark.parametrize("source", LOUD)
def test_tests_that_could_change_the_interpreter_are_not(source: str) -> None:
    assert not is_quiet(ast.walk(ast.parse(source)))


def test_what_the_prompt_does_counts_too(addition: Problem) -> None:
    assert assertions.read(addition).is_quiet
    assert not assertions.read(addition.model_copy(update={"prompt": f"import os\n{addition.prompt}"})).is_quiet


def test_a_module_that_the_tests_use_without_importing_it_counts_too(addition: Problem) -> None:
    tests = "def check(candidate):\n    assert candidate(1, 2) == len(sys.argv)\n"
    assert not assertions.read(addition.model_copy(update={"tests": tests})).is_quiet

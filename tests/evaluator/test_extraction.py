"""What answers look like, and the program that each holds."""

import random
import time
from dataclasses import dataclass

import pytest

from evaluator.extraction import LONGEST_ANSWER, extract
from evaluator.protocol import Problem

PREAMBLE = "import math\n\n\ndef double(x):\n    return 2 * x\n\n\n"
BODY = "    return a + b\n"
FILE = "def add(a, b):\n    return a + b\n"
WRONG = "def add(a, b):\n    return a - b\n"


@dataclass(frozen=True)
class Shape:
    """An answer, and what is expected of the program in it: what ``add(2, 3)`` gives, or the code itself."""

    answer: str
    gives: object = 5
    code: str | None = None


SHAPES = {
    "a labelled fence": Shape(f"Here you are:\n\n```python\n{FILE}```\n\nIt adds."),
    "another label for Python": Shape(f"```py3\n{FILE}```"),
    "a label in capitals with attributes": Shape(f"```Python title=add.py\n{FILE}```"),
    "a label in braces": Shape(f"```{{.python}}\n{FILE}```"),
    "an unlabelled fence": Shape(f"```\n{FILE}```"),
    "tildes": Shape(f"~~~python\n{FILE}~~~"),
    "a long fence around a short one": Shape('````python\ndef add(a, b):\n    """```"""\n    return a + b\n````'),
    "an unclosed fence": Shape(f"```python\n{FILE}"),
    "an unclosed fence cut off in what follows": Shape(f"```python\n{FILE}\n\nprint(add(1, "),
    "a fence in a list": Shape("1. Code:\n\n   ```python\n   def add(a, b):\n\n       return a + b\n   ```\n2. Done."),
    "a fence in a quotation": Shape("> ```python\n> def add(a, b):\n>     return a + b\n> ```\n"),
    "an indented fence": Shape("  ```python\n  def add(a, b):\n      return a + b\n  ```"),
    "Windows line ends": Shape(f"```python\n{FILE}```".replace("\n", "\r\n")),
    "a second, better attempt": Shape(f"```python\n{WRONG}```\nThat subtracts. Corrected:\n```python\n{FILE}```"),
    "an example after the code": Shape(f"```python\n{FILE}```\nUse it:\n```python\nprint(add(1, 2))\n```"),
    "a shell command before the code": Shape(f"```bash\npip install x\n```\n```python\n{FILE}```"),
    "output after the code": Shape(f"```python\n{FILE}```\nprints\n```\n3\n```"),
    "another language after the code": Shape(f"```python\n{FILE}```\n```javascript\nconst add = (a, b) => a - b\n```"),
    "the prompt quoted, then the code": Shape(f'```python\ndef add(a, b):\n    """Add."""\n```\n```python\n{FILE}```'),
    "the code, then a stub": Shape(f"```python\n{FILE}```\nTests:\n```python\ndef add(a, b):\n    pass\n```"),
    "a label that lies": Shape(f"```text\n{FILE}```"),
    "a helper in a fence of its own": Shape(
        "```python\ndef plus(a, b):\n    return a + b\n```\nthen\n```python\ndef add(a, b):\n    return plus(a, b)\n```"
    ),
    "an import in a fence of its own": Shape(
        "```python\nimport operator as op\n```\nthen\n```python\ndef add(a, b):\n    return op.add(a, b)\n```"
    ),
    "a helper in the same fence": Shape(
        "```python\ndef f(x):\n    return x\n\ndef add(a, b):\n    return f(a) + b\n```"
    ),
    "a helper below": Shape("```python\ndef add(a, b):\n    return f(a) + b\n\ndef f(x):\n    return x\n```"),
    "the prompt's import and helper taken for granted": Shape(
        "```python\ndef add(a, b):\n    return math.floor(a + double(b) / 2)\n```"
    ),
    "the whole prompt repeated": Shape(f"```python\n{PREAMBLE}{FILE}```", code=PREAMBLE + FILE),
    "a future import": Shape(f"```python\nfrom __future__ import annotations\n\n{FILE}```"),
    "a lambda": Shape("```python\nadd = lambda a, b: a + b\n```"),
    "a decorated function": Shape(
        "```python\nfrom functools import cache\n\n@cache\ndef add(a, b):\n    return a + b\n```"
    ),
    "a main block": Shape(f"```python\n{FILE}\nif __name__ == '__main__':\n    raise SystemExit(add(1, 2))\n```"),
    "a body in a fence": Shape(f"```python\n{BODY}```"),
    "a body in a fence at the margin": Shape("```python\ntotal = a\ntotal += b\nreturn total\n```"),
    "a bare file": Shape(FILE),
    "a bare file between prose": Shape(f"Here is the code:\n\nimport os\n\n{FILE}\nThis function adds. Don't worry!\n"),
    "a bare file and prose on the next line": Shape(f"{FILE}Explanation: it's simple, isn't it?"),
    "tags of CodeLlama": Shape(f"[PYTHON]\n{FILE}[/PYTHON]\n"),
    "a stop token left over": Shape(f"{FILE}<|im_end|>\n"),
    "a raw continuation": Shape(BODY),
    "a raw continuation that runs on": Shape(f"{BODY}\n\ndef test():\n    assert add(1, 2) == 3\n\n\nprint(add(1,"),
    "a raw continuation with a helper": Shape("    return f(a, b)\n\n\ndef f(a, b):\n    return a + b\n"),
    "a raw continuation stripped at the front": Shape("if a:\n        b += a\n    return b"),
    "a raw continuation of one stripped line": Shape("return a + b"),
    "a raw continuation at the margin": Shape("if a:\n    b += a\nreturn b\n"),
    "a raw continuation with tabs": Shape("\tc = a\n\treturn c + b\n"),
    "a raw continuation that closes a fence": Shape(f"{BODY}```\n\nThis returns the sum."),
    "a file that closes a fence": Shape(f"{FILE}```\n\nThis returns the sum."),
    "reasoning first": Shape(f"<think>\nMaybe\n```python\n{WRONG}```\n</think>\n```python\n{FILE}```"),
    "letters beyond ASCII": Shape(
        "Grüße — 你好 😀\n```python\ndef add(a, b):\n    é = '😀'\n    return a + b\n```\n再见"
    ),
    "code that does not parse": Shape("```python\ndef add(a, b):\n    return a +\n```", gives=SyntaxError),
    "a cut-off body": Shape("    return (a +", gives=SyntaxError),
    "nothing": Shape("", gives=None),
    "white space": Shape(" \n\t\n", gives=None),
    "a refusal": Shape("I'm sorry, but I can't return that.", gives=None),
    "only another function": Shape("```python\ndef sub(x, y):\n    return x - y\n```", gives=None),
    "only another language": Shape("```javascript\nfunction add(a, b) { return a + b }\n```", gives=None),
    "an empty fence": Shape("```python\n```", gives=None),
    "a NUL": Shape("```python\n\0\n```", gives=None),
    "a lone surrogate in prose": Shape(f"\ud800\n```python\n{FILE}```"),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_program_is_found_in(shape: Shape, addition: Problem) -> None:
    code = extract(addition, shape.answer)
    assert _result(code) == shape.gives, code
    if shape.code is not None:
        assert code == shape.code


def _result(code: str | None) -> object:
    if code is None:
        return None
    namespace: dict[str, object] = {"__name__": "solution"}
    try:
        exec(compile(code, "solution.py", "exec", dont_inherit=True), namespace)
    except SyntaxError:
        return SyntaxError
    add = namespace["add"]
    assert callable(add)
    return add(2, 3)


def test_canonical_solutions_are_found_whole_or_as_continuations(problems: dict[str, Problem]) -> None:
    for problem in problems.values():
        file = problem.prompt + problem.canonical_solution
        assert extract(problem, problem.canonical_solution) == file
        assert extract(problem, f"Sure!\n\n```python\n{file}```\n\nIt works.") == file


def test_an_answer_that_is_too_long_holds_no_program(addition: Problem) -> None:
    assert extract(addition, FILE + "#" * (LONGEST_ANSWER - len(FILE))) is not None
    assert extract(addition, FILE + "#" * (LONGEST_ANSWER - len(FILE) + 1)) is None


def _filled(unit: str) -> str:
    return unit * ((LONGEST_ANSWER - 2 * len(FILE)) // len(unit)) + FILE


LONG = {
    "prose": _filled("The quick brown fox doesn't jump over the lazy dog. "),
    "lines of prose": _filled("Note that it's so: a, (b or c), then d.\n"),
    "fences": _filled("```python\nx = 1\n```\n"),
    "fences of definitions": _filled(f"```python\n{WRONG}```\n"),
    "definitions": _filled(WRONG),
    "statements": _filled("x\n"),
    "open brackets": _filled("(["),
    "tables": _filled("|a|b|\n|-|-|\n"),
    "markup": _filled("<a>\n"),
    "lists": "```python\nx\n```\n" + _filled("- "),
    "indented lines": _filled("    return a\n"),
    "broken definitions": _filled("def add(a, b:\n    return |a|b|\n"),
    "noise": "".join(random.Random(0).choices(" \n\t()[]{}:'\"#\\`~abdefr=,.", k=LONGEST_ANSWER - 100)) + "\n" + FILE,
}


@pytest.mark.parametrize("answer", LONG.values(), ids=LONG)
def test_a_long_answer_takes_no_longer_than_its_length_deserves(answer: str, addition: Problem) -> None:
    def seconds(text: str) -> float:
        started = time.process_time()
        extract(addition, text)
        return time.process_time() - started

    assert len(answer) > 0.99 * LONGEST_ANSWER - 100
    took = min(seconds(answer), seconds(answer))
    print(f"{took:.2f}")
    assert took < 1.0

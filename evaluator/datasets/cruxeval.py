"""CRUXEval, 800 functions of Python (Gu et al. 2024, arXiv 2401.03065): what one returns, or for what it returns it."""

from pathlib import Path

from evaluator.datasets import rows
from evaluator.protocol import Problem
from evaluator.suites import Arguments, Static

OUTPUT = """\
What does this function return? Answer with a Python literal between [ANSWER] and [/ANSWER].

```python
{code}
```

[PYTHON]
assert f({input}) == ??
[/PYTHON]
"""
INPUT = """\
Find arguments for which this holds; any that do are right. Answer with the call, such as f(1, "a"), between [ANSWER]
and [/ANSWER].

```python
{code}
```

[PYTHON]
assert f(??) == {output}
[/PYTHON]
"""


class _Task(rows.Row, frozen=True):
    id: str
    code: str
    input: str
    output: str


def outputs(path: Path) -> tuple[Problem, ...]:
    """CRUXEval-O: the answer is the value that is returned. Raises BadBenchmark."""
    return tuple(
        Problem(
            task_id=task.id,
            prompt=OUTPUT.format(code=task.code, input=task.input),
            entry_point="f",
            tests=Static(answer="value", expected=task.output),
            canonical_solution=task.output,
        )
        for _, task in rows.read(path, _Task)
    )


def inputs(path: Path) -> tuple[Problem, ...]:
    """CRUXEval-I: the answer is a call's arguments. Raises BadBenchmark."""
    return tuple(
        Problem(
            task_id=task.id,
            prompt=INPUT.format(code=task.code, output=task.output),
            entry_point="f",
            tests=Arguments(source=task.code, expected=task.output),
            canonical_solution=task.input,
        )
        for _, task in rows.read(path, _Task)
    )


def both(path: Path) -> tuple[Problem, ...]:
    """The two, their task ids marked ``output/`` and ``input/``. Raises BadBenchmark."""
    kinds = {"output": outputs(path), "input": inputs(path)}
    return tuple(
        problem.model_copy(update={"task_id": f"{kind}/{problem.task_id}"})
        for kind, problems in kinds.items()
        for problem in problems
    )

"""A Problem and the code of an answer, put together as a Program for the sandbox: the split form.

The solution's process runs the code and knows no test; its companion runs the tests and judges what comes back. Both
are assembled from the sources in ``drivers/``; what varies goes in as literals, never as code.
"""

from collections.abc import Iterable
from functools import lru_cache

from evaluator import assertions
from evaluator.bundle import CODE, Bundle, driver_source
from evaluator.bytecode import SHARED
from evaluator.protocol import Executor, Problem
from sandbox.protocol import MEBIBYTE, Companion, Limits, Program, Run

LIMITS = Limits(cpu_seconds=5, wall_seconds=60, memory_bytes=256 * MEBIBYTE, output_bytes=64 * 1024)
"""For the completion and the tests together. HumanEval's canonical solutions need less than a tenth.

Processor time decides; the wall's limit is for those who sleep, and wide enough for a machine with other work."""

SOLUTION = ("python_wire", "python_frames", "python_solution")
TESTS = ("python_wire", "python_frames", "python_proxy", "python_tests")


def assemble(problem: Problem, code: str) -> Program:
    """Return the program that runs ``code`` and, beside it, ``problem``'s tests. ``grade`` reads its execution.

    Raises Ungradable if the tests do not parse, or are no Python source.
    """
    solution, tests = _solution(), _tests(problem)
    main = solution.main(f"solve({code!r}, {problem.entry_point!r})")
    return Program(
        language="python",
        source=main,
        files={CODE: solution.code},
        runs=(Run(companion=tests),),
        limits=problem.limits or LIMITS,
    )


async def prepare(problems: Iterable[Problem], executor: Executor) -> None:
    """Have the drivers and the problems' tests compiled once, for all that is assembled from now on.

    Worth it for problems of which several completions are judged; never needed. Problems that are Ungradable are left
    for ``assemble`` to tell of.
    """
    sources = [driver_source(SOLUTION), driver_source(TESTS)]
    for problem in problems:
        suite = assertions.readable(problem)
        if suite is not None:
            sources += [suite.prompt, suite.tests]
    if await SHARED.prepare(sources, executor):
        _tests.cache_clear()
        _solution.cache_clear()


@lru_cache(maxsize=1)
def _solution() -> Bundle:
    return Bundle(SOLUTION, SHARED)


@lru_cache(maxsize=512)
def _tests(problem: Problem) -> Companion:
    suite, bundle = assertions.read(problem), Bundle(TESTS, SHARED)
    arguments = [
        bundle.add(suite.prompt),
        bundle.add(suite.tests),
        bundle.text(suite.tests),
        repr(suite.form),
        repr({name: name in suite.classes for name in suite.names}),
        repr("random" in suite.tests[1]),
    ]
    main = bundle.main(f"examine({', '.join(arguments)})")
    return Companion(language="python", source=main, files={CODE: bundle.code})

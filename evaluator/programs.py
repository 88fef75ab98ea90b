"""A Problem and the code of an answer, put together as a Program for the sandbox: the split form.

The solution's process runs the code and knows no test; its companion runs the tests and judges what comes back. Both
are assembled from the sources in ``drivers/``; what varies goes in as literals, never as code.
"""

import codecs
import marshal
from collections.abc import Iterable
from functools import lru_cache

from evaluator import assertions
from evaluator.assertions import Suite
from evaluator.bundle import CODE, Bundle, driver_source
from evaluator.bytecode import SHARED
from evaluator.protocol import Executor, Problem
from sandbox import warm
from sandbox.protocol import MEBIBYTE, Companion, Limits, Program, Run

LIMITS = Limits(cpu_seconds=5, wall_seconds=60, memory_bytes=256 * MEBIBYTE, output_bytes=64 * 1024)
"""For the completion and the tests together. HumanEval's canonical solutions need less than a tenth.

Processor time decides; the wall's limit is for those who sleep, and wide enough for a machine with other work."""

SOLUTION = ("python_wire", "python_frames", "python_solution")
TESTS = ("python_wire", "python_frames", "python_proxy", "python_tests")
RESIDENT = (*TESTS, "python_resident")
DRIVER = "driver.py"
START = """try:
    from {warm} import solve
except ImportError:
    exec(open({driver!r}).read())
solve({code!r}, {entry_point!r})
"""
"""The driver is what the sandbox has imported for all programs; one of another version is given the text."""


def assemble(problem: Problem, code: str) -> Program:
    """Return the program that runs ``code`` and, beside it, ``problem``'s tests. ``grade`` reads its execution.

    Raises Ungradable if the tests do not parse, or are no Python source.
    """
    main = START.format(warm=warm.name("solution"), driver=DRIVER, code=code, entry_point=problem.entry_point)
    return Program(
        language="python",
        source=main.encode(),
        files={DRIVER: driver_source(SOLUTION)[1].encode()},
        runs=(Run(companion=_tests(problem)),),
        limits=problem.limits or LIMITS,
    )


def load() -> None:
    """Read the drivers."""
    for names in (SOLUTION, TESTS, RESIDENT):
        driver_source(names)
    codecs.lookup("unicode_escape")  # what unparses tests wants it for some of them
    warm.name("solution")


async def prepare(problems: Iterable[Problem], executor: Executor) -> None:
    """Have the drivers and the problems' tests compiled once, for all that is assembled from now on.

    Worth it for problems of which several completions are judged; never needed. Problems that are Ungradable are left
    for ``assemble`` to tell of.
    """
    sources = [driver_source(TESTS), driver_source(RESIDENT)]
    for problem in problems:
        suite = assertions.readable(problem)
        if suite is not None:
            sources += [suite.prompt, suite.tests]
    if await SHARED.prepare(sources, executor):
        _tests.cache_clear()
        _resident.cache_clear()


@lru_cache(maxsize=1)
def _resident() -> Companion:
    bundle = Bundle(RESIDENT, SHARED)
    return Companion(language="python", source=bundle.main("reside()"), files={CODE: bundle.code})


@lru_cache(maxsize=512)
def _tests(problem: Problem) -> Companion:
    suite = assertions.read(problem)
    if suite.is_quiet:
        return _resident().model_copy(update={"question": _question(suite)})
    bundle = Bundle(TESTS, SHARED)
    arguments = [
        bundle.add(suite.prompt),
        bundle.add(suite.tests),
        bundle.text(suite.tests),
        *map(repr, _remarks(suite)),
    ]
    main = bundle.main(f"examine({', '.join(arguments)})")
    return Companion(language="python", source=main, files={CODE: bundle.code})


def _question(suite: Suite) -> bytes:
    """What ``drivers/python_resident.py`` reads, in the oldest form: the same for the same tests, to every Python."""
    sources = [(*source, SHARED.of(source)) for source in (suite.prompt, suite.tests)]
    return marshal.dumps((SHARED.magic, *sources, *_remarks(suite)), 2)


def _remarks(suite: Suite) -> tuple[str, dict[str, bool], bool]:
    """The form, the names, and whether random numbers are drawn."""
    return suite.form, {name: name in suite.classes for name in suite.names}, "random" in suite.tests[1]

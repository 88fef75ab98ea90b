"""A problem's own checker, in a container of its own: one question a case, and no answer but yes or no.

Covered: the checker reads what a hostile program wrote, so it gets the walls that the program had, and nothing that
anybody uses afterwards. Whatever it does but exit with 0 or 1 is a fault of ours: Ungradable, and no verdict. Nor is a
checker's exception a rejection.
"""

from evaluator.errors import Ungradable
from evaluator.graders import stdio
from evaluator.graders.facts import ending, last_line
from evaluator.protocol import Executor, Problem, Status, Verdict
from evaluator.suites import Checker, Stdio
from sandbox import languages
from sandbox.protocol import MEBIBYTE, Execution, Limits, Program, Run, Step

LIMITS = Limits(cpu_seconds=10, wall_seconds=60, memory_bytes=512 * MEBIBYTE, output_bytes=MEBIBYTE)
EXCEPTIONS_EXIT_WITH_1 = frozenset({"python", "javascript", "typescript", "java"})
"""Where an exception that nobody caught looks like a rejection, but for what it says on standard error."""
AT_ONCE = 80
"""Cases a Program: each is three files of the 256 that there may be."""


async def check(problem: Problem, tests: Stdio, execution: Execution, executor: Executor) -> Verdict:
    """Judge the execution of a program whose outputs ``tests.comparison``, a Checker, decides on.

    ``executor`` is of a lease that nobody else uses. Raises Ungradable, and what ``executor`` raises.
    """
    found = stdio.grade(problem, tests, execution)
    if not found.passed or not isinstance(tests.comparison, Checker):
        return found
    for numbers in _portions(len(tests.cases)):
        answers = await executor.execute(_question(tests.comparison, tests, execution, numbers))
        if answers.compile is not None and not answers.compile.succeeded:
            raise Ungradable(f"{problem.task_id}: its checker does not compile: {last_line(answers.compile.stderr)}")
        for number, step in zip(numbers, answers.runs, strict=True):
            if not _accepts(problem, tests.comparison, number, step):
                why = last_line(step.stdout + b"\n" + step.stderr) or "the checker rejects it"
                return stdio.failed(Status.FAILED, why, number, tests.cases[number], execution)
    return found


def _portions(cases: int) -> list[range]:
    return [range(first, min(first + AT_ONCE, cases)) for first in range(0, cases, AT_ONCE)]


def _question(checker: Checker, tests: Stdio, execution: Execution, numbers: range) -> Program:
    files: dict[str, bytes] = {}
    runs = []
    for number in numbers:
        case, output = tests.cases[number], execution.runs[number].stdout
        names = (f"{number}.input", f"{number}.output", f"{number}.expected")
        files |= dict(zip(names, (case.stdin, output, case.expected), strict=True))
        runs.append(Run(arguments=names))
    return Program(language=checker.language, source=checker.source, files=files, runs=tuple(runs), limits=LIMITS)


def _accepts(problem: Problem, checker: Checker, number: int, step: Step) -> bool:
    broke = languages.find(checker.language).name in EXCEPTIONS_EXIT_WITH_1 and step.stderr
    if step.exit_code not in (0, 1) or (step.exit_code == 1 and broke):
        why = "; ".join(filter(None, [ending(step), last_line(step.stderr)]))
        raise Ungradable(f"{problem.task_id}, case {number}: its checker gave no answer: {why}")
    return step.exit_code == 0

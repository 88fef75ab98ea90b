"""A problem as a chat model is asked it. Extraction reads what comes back, so no form is insisted on."""

from typing import assert_never

from evaluator.protocol import Problem
from evaluator.suites import Arguments, Bug, Calls, Docstring, Implementations, Refactoring, Static, Stdio, Trusting

PROGRAM = """\
Write a {language} program that solves this problem. It reads from standard input and writes to standard output.
Answer with the whole program in one fenced code block.

{prompt}
"""
FUNCTION = """\
Complete this {language} code. Answer with all of it, completed, in one fenced code block, and nothing else in code
blocks.

```{language}
{prompt}
```
"""


def ask(problem: Problem) -> str:
    """The message for ``problem``."""
    text = problem.shown or problem.prompt
    match problem.tests:
        case Static() | Bug() | Docstring() | Implementations() | Refactoring() | Arguments():
            return text
        case Stdio():
            return PROGRAM.format(language=problem.language, prompt=text)
        case str() | Calls() | Trusting():
            return FUNCTION.format(language=problem.language, prompt=text)
        case _:
            assert_never(problem.tests)

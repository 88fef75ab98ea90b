"""What a problem is judged by, apart from Python assertions: one model for each way of grading.

Values in Calls and Static are JSON: see ``evaluator.graders.values`` for how types that JSON lacks are spelt.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from sandbox.protocol import Bytes


class Message(BaseModel, frozen=True, extra="forbid"):
    """What crosses a process."""


class Tolerance(Message):
    """How far floats may be apart: ``abs(a - b) <= max(relative * max(abs(a), abs(b)), absolute)``, as math.isclose."""

    relative: float = Field(default=1e-9, ge=0, lt=1)
    absolute: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class Comparison(StrEnum):
    """When an output is the expected one."""

    EXACT = "exact"
    """The same bytes."""
    TOKENS = "tokens"
    """The same words, whatever white space is between them."""
    FLOATS = "floats"
    """The same words, but those that are numbers in both may differ by the tolerance."""
    UNORDERED_LINES = "unordered_lines"
    """The same lines, each as often, in any order; white space at the end of a line and blank lines at the end of all
    do not count."""


class Checker(Message):
    """A program that decides. It runs in a container of its own, and reads what a hostile program wrote.

    Its arguments are the names of three files: the test's input, the output, the expected output. Exit code 0 accepts,
    1 rejects; whatever else it does is a fault of its own, and no verdict. What it has to say it writes to standard
    output: in languages whose uncaught exceptions exit with 1, words on standard error make that a fault too.
    """

    language: str
    source: Bytes


class StdioCase(Message):
    """One run of the program."""

    stdin: Bytes
    expected: Bytes


class Stdio(Message):
    """The completion is a whole program: inputs in, outputs compared."""

    kind: Literal["stdio"] = "stdio"
    cases: tuple[StdioCase, ...] = Field(min_length=1)
    comparison: Comparison | Checker = Comparison.TOKENS
    tolerance: Tolerance = Tolerance()


class CallCase(Message):
    """One call: its arguments, one for each parameter, and what must come back."""

    arguments: tuple[Any, ...]
    expected: Any


class Calls(Message):
    """The entry point is called with typed arguments; one set of cases serves every language."""

    kind: Literal["calls"] = "calls"
    parameters: tuple[str, ...]
    """Types, such as ``list[tuple[int, string]]``: see ``evaluator.graders.types``."""
    result: str
    cases: tuple[CallCase, ...] = Field(min_length=1)
    tolerance: Tolerance | None = None
    """For floats anywhere in a result; without it they are the same number, or both are NaN."""
    unordered: bool = False
    """The result is a list whose order does not matter."""


class Static(Message):
    """The answer is a value or a place, compared without running anything."""

    kind: Literal["static"] = "static"
    answer: Literal["value", "lines"]
    """A Python literal, compared by value; or numbers of lines, compared as a set."""
    expected: str
    tolerance: Tolerance | None = None


class Bug(Message):
    """The answer says in which lines of a program its bug is, and of which kind it is."""

    kind: Literal["bug"] = "bug"
    lines: tuple[int, ...] = Field(min_length=1)
    """As they are numbered where the program is shown. Any of them will do."""
    bugs: tuple[str, ...] = Field(min_length=1)
    """Its kind, and what else it may be called."""
    kinds: tuple[str, ...] = Field(min_length=2)
    """All that there are to choose from."""


class Arguments(Message):
    """The answer is the arguments of a call: plain expressions, which are all that it may run."""

    kind: Literal["arguments"] = "arguments"
    source: str
    """Python that defines the function, named as the problem's entry point."""
    expected: str
    """The literal that the call must return."""
    parameters: tuple[str, ...] = ()
    """Types, as those of Calls. With them, the arguments are literals of these types and of moderate size."""


class Implementations(Message):
    """The answer is a suite of tests in Python: it is to accept what is right, and to reject what is mistaken."""

    kind: Literal["test_writing"] = "test_writing"
    right: tuple[str, ...] = Field(min_length=1)
    """Python sources that define the entry point, each of them as specified; a suite that rejects one earns nothing."""
    mistaken: tuple[str, ...] = Field(min_length=1)
    """Sources that differ from the right ones for some input; a suite earns the share of them that it rejects."""
    order: int = Field(ge=0)
    """Decides in which order a suite meets them; nobody who answers may know it."""
    enough: float = Field(default=0.6, gt=0, le=1)
    """The share that passes."""


class Trusting(Message):
    """A third party's test code, which shares a process with the completion: good for a figure, never for pay."""

    kind: Literal["trusting"] = "trusting"
    source: str
    """Stands behind the completion, calls it, and ends the process with another code than 0 when it fails."""
    setup: str = ""
    """Stands before everything else."""
    runs_as: str
    """The sandbox's language for the whole file: that of tests, where a framework of tests runs them."""


class Docstring(Message):
    """The answer is the docstring of a given Python function; its examples must hold, and tell mistakes."""

    kind: Literal["docstring"] = "docstring"
    source: str
    """Python that defines the function, named as the problem's entry point."""
    mutants: tuple[str, ...] = Field(min_length=1)
    """The same source with one mistake each, none of which does the same for all inputs."""
    parameters: tuple[tuple[str, str], ...]
    """Names and types of what the function takes."""
    result: str
    raises: tuple[str, ...] = ()
    """The names of the exceptions that it is documented to raise."""
    enough: float = Field(default=0.6, gt=0, le=1)
    """The share of the mutants that its examples have to tell from the function."""


class Measures(Message):
    """How tangled a program is: see ``evaluator.metrics``. Less is better in each."""

    tokens: int = Field(ge=0)
    complexity: int = Field(ge=0)
    """A point for each decision, and another for each level that it is deep."""
    depth: int = Field(ge=0)
    """Levels of what stands deepest."""
    repeated: int = Field(ge=0)
    """Tokens of what is said again, whatever the names in it are."""


class Refactoring(Message):
    """The completion does the same as a given program, by calls, and is less tangled, by measures."""

    kind: Literal["refactoring"] = "refactoring"
    calls: Calls
    given: Measures
    """Of the program that is to become better."""
    clean: Measures
    """Of one that is as good as need be."""
    enough: float = Field(default=0.6, gt=0, le=1)
    """The share of the gain between the two that passes."""


Suite = Annotated[
    Stdio | Calls | Static | Bug | Arguments | Docstring | Implementations | Refactoring | Trusting,
    Field(discriminator="kind"),
]

"""What is emitted does in each language what the interpreter says: every building block, through the real grader."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from itertools import groupby

import pytest

from evaluator.graders import drivers
from evaluator.graders.types import Type, parse
from evaluator.judging import judge
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Limits
from validator.errors import UnknownTarget
from validator.problems.synthesis import Synthesised, targets, together
from validator.problems.synthesis.catalogue import load
from validator.problems.synthesis.emitting.naming import spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.reading import read
from validator.problems.synthesis.tree import Program

TOGETHER = 40
LANGUAGES = ("c", "cpp", "go", "java", "javascript", "python", "rust")


def packs(problems: list[Synthesised]) -> Iterator[list[Synthesised]]:
    """Problems of the same types, not too many at once."""

    def kinds(problem: Synthesised) -> tuple[str, ...]:
        return (*map(str, problem.parameters), str(problem.result))

    for _, same in groupby(sorted(problems, key=kinds), key=kinds):
        group = list(same)
        yield from (group[start : start + TOGETHER] for start in range(0, len(group), TOGETHER))


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(LANGUAGES) as sandbox:
        yield sandbox


@pytest.mark.heavy
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_block_does_the_same_as_the_interpreter(
    language: str, specimens: list[Synthesised], pool: Pool
) -> None:
    limits = Limits(cpu_seconds=20, wall_seconds=120, memory_bytes=1024 * MEBIBYTE, output_bytes=32 * MEBIBYTE)
    wrong = []
    async with pool.lease() as lease:
        for pack in packs(specimens):
            problem = together(pack, language).model_copy(update={"limits": limits})
            found = await judge(problem, problem.canonical_solution, lease)
            if not found.verdict.passed:
                names = [one.statement for one in pack]
                step = found.execution.compile if found.execution else None
                compiler = step.stderr.decode()[:2000] if step else ""
                wrong.append((names, found.verdict.status, found.verdict.detail, compiler))
    assert wrong == [], "\n".join(map(str, wrong))


def test_python_does_the_same_as_the_interpreter(specimens: list[Synthesised]) -> None:
    """In one process of its own, since it is code."""
    parts = []
    for problem in specimens:
        cases = repr([(given, result) for given, result in problem.hidden])
        name = problem.program.entry.name
        parts.append((problem.statement, problem.reference("python"), name, cases))
    program = (
        "import json, sys\n"
        "wrong = []\n"
        "for block, code, name, cases in json.load(sys.stdin):\n"
        "    names = {}\n"
        "    exec(code, names)\n"
        "    for given, expected in eval(cases):\n"
        "        got = names[name](*given)\n"
        "        if got != expected:\n"
        "            wrong.append((block, given, got, expected))\n"
        "print(wrong)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], input=json.dumps(parts), capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


def test_there_are_references_in_seven_languages() -> None:
    assert targets() == LANGUAGES


def test_a_language_without_a_grammar_is_named_with_those_that_have_one(specimens: list[Synthesised]) -> None:
    with pytest.raises(UnknownTarget, match="'cobol'; there are: c, cpp, go"):
        specimens[0].reference("cobol")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_emitted_declares_every_type_itself(language: str, specimens: list[Synthesised]) -> None:
    """So that the driver adds none, which would stand before what it is made of."""
    for problem in specimens:
        kinds: list[Type] = [*problem.parameters, problem.result]
        added = drivers.find(language).declarations(kinds, problem.reference(language))
        assert added.strip() == "", problem.statement


def test_names_are_in_the_style_of_the_language() -> None:
    names = {language: spelt(language, "find_total") for language in LANGUAGES}
    assert set(names.values()) == {"find_total", "findTotal"}
    assert names["java"] == names["go"] == names["javascript"] == "findTotal"


def test_there_are_at_least_120_blocks() -> None:
    assert len(load()) >= 120


def test_the_counter_of_a_loop_is_no_variable_of_the_function() -> None:
    code = "at = 5\nfor x in xs:\n    at += x\nreturn at"
    whole = read("solve", [("xs", parse("list[int]"))], parse("int"), code, {}, {})
    assert "size_t at2 = 0" in emit(Program((whole,)), "c")
    assert "size_t at = 0" not in emit(Program((whole,)), "c")


def test_a_number_made_a_float_keeps_what_it_is_made_of_together() -> None:
    whole = read("solve", [("x", parse("int"))], parse("float"), "return 1.0 / float(x + 2)", {}, {})
    assert "1.0 / (x + 2)" in emit(Program((whole,)), "javascript")

"""Hostile answers in every language: time that grows with the length and no more, and never a crash."""

import random
import time
from collections.abc import Iterator

import pytest

from evaluator.errors import UnknownLanguage
from evaluator.extraction import LONGEST_ANSWER, extract
from evaluator.extraction.grammar import grammars
from evaluator.protocol import TrustingProblem

HEADS = {
    "bash": "add() {\n",
    "c": "int add(int a, int b) {\n",
    "cpp": "int add(int a, int b) {\n",
    "go": "func add(a int, b int) int {\n",
    "java": "class Solution {\n    int add(int a, int b) {\n",
    "javascript": "function add(a, b) {\n",
    "python": "def add(a, b):\n",
    "rust": "fn add(a: i32, b: i32) -> i32 {\n",
    "typescript": "function add(a: number, b: number): number {\n",
}
UNITS = {
    "brackets": "([",
    "braces": "{",
    "arrows": "x=>",
    "templates": "${`",
    "raw strings": 'r#"',
    "here documents": "<<A\n",
    "quotes": '\u201c"\\"',
    "entities": "&lt;",
    "ends of reasoning": "</think>\n",
    "stop tokens": "<|a|>",
    "hunks": "@@ -1 +1 @@\n a\n+a\n",
    "NUL bytes": "\0",
    "conditionals": "#if a\n",
    "else-ifs": "if(a){}else ",
    "generics": "a<",
    "fences": "```\nadd(\n```\n",
    "nested fences": "> - ```\n",
    "calls": "add(",
}


def problem(language: str) -> TrustingProblem:
    head = HEADS[language]
    facts = {"language": language, "runs_as": language, "prompt": head, "shown": head, "tests": ""}
    return TrustingProblem.model_validate({"task_id": "0", "entry_point": "add", **facts})


def traps(language: str) -> Iterator[tuple[str, str]]:
    for name, unit in UNITS.items():
        yield name, HEADS[language] + unit * (LONGEST_ANSWER // 10 // len(unit))
        yield f"{name}, many", unit * (LONGEST_ANSWER // 2 // len(unit)) + "\n" + HEADS[language]
    yield "deep fences", "".join("`" * (3 + i % 900) + "\n" for i in range(1000))
    yield "noise", "".join(random.Random(0).choices(" \n\t()[]{}:'\"#\\`~abd=,.<>;&*", k=LONGEST_ANSWER // 2))


def test_every_language_has_traps() -> None:
    assert HEADS.keys() == grammars().keys()


@pytest.mark.heavy
@pytest.mark.parametrize("language", HEADS)
def test_a_trap_takes_no_longer_than_its_length_deserves(language: str) -> None:
    def seconds(text: str) -> float:
        started = time.thread_time()
        extract(problem(language), text)
        return time.thread_time() - started

    # What 100 kB of functions take: the square of it would be more by a thousand times, and more than there is memory.
    honest = seconds((HEADS[language] + "    x = 1;\n}\n") * 2000)
    slow = {name: took / honest for name, answer in traps(language) if (took := seconds(answer)) > 100 * honest}
    assert slow == {}


@pytest.mark.parametrize("language", HEADS)
def test_what_a_square_would_make_endless_ends(language: str) -> None:
    for unit in ("x=>", "([", "{"):
        extract(problem(language), HEADS[language] + unit * 10_000)


@pytest.mark.parametrize("language", HEADS)
def test_two_hundred_megabytes_hold_no_program(language: str) -> None:
    assert extract(problem(language), HEADS[language] * (200_000_000 // len(HEADS[language]))) is None
    assert extract(problem(language), b"\xff" * 200_000_000) is None


@pytest.mark.parametrize("language", HEADS)
def test_bytes_that_are_no_text_are_read(language: str) -> None:
    body = {"bash": "    echo 3\n}\n", "python": "    return a + b\n"}.get(language, "    return a + b;\n}\n")
    code = extract(problem(language), f"```{language}\n{HEADS[language]}{body}```".encode() + b"\xff\xfe\x80 done")
    assert code is not None
    assert body in code
    assert extract(problem(language), b"\xff\xfe\0") is None


def test_an_unknown_language_is_our_mistake() -> None:
    with pytest.raises(UnknownLanguage, match="cobol"):
        extract(problem("c").model_copy(update={"language": "cobol"}), "code")

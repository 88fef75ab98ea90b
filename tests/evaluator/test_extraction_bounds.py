"""Hostile answers in every language: none takes us down, and the next one is read."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evaluator.errors import UnknownLanguage
from evaluator.extraction import LONGEST_ANSWER, extract
from evaluator.extraction.apart import Reader, reader
from evaluator.extraction.grammar import grammars
from evaluator.protocol import Opening

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


def problem(language: str) -> Opening:
    return Opening(language=language, prompt=HEADS[language], entry_point="add")


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
def test_after_every_trap_the_next_answer_is_read(language: str) -> None:
    for name, answer in traps(language):
        reader.extract(problem(language), answer)
        assert reader.extract(problem("python"), HEADS["python"] + "    return a + b\n") is not None, name


def test_a_text_that_takes_down_its_reader_holds_no_program_and_the_others_are_read() -> None:
    trap = HEADS["c"] + "x=>" * 10_000
    good = HEADS["python"] + "    return a + b\n"
    with ThreadPoolExecutor(4) as threads:
        trapped = [threads.submit(reader.extract, problem("c"), trap) for _ in range(2)]
        read = [threads.submit(reader.extract, problem("python"), good) for _ in range(8)]
    assert [future.result() for future in trapped] == [None, None]
    assert [future.result() for future in read] == [good] * 8


def test_many_are_read_at_once_and_of_those_beside_a_trap_nothing_is_known() -> None:
    good = HEADS["python"] + "    return a + b\n"
    cobol = problem("c").model_copy(update={"language": "cobol"})
    asked = [(problem("python"), good), (cobol, "code"), (problem("c"), "no code"), (problem("python"), good)]
    assert reader.extract_all(asked) == {0: good, 2: None, 3: good}
    assert reader.extract_all([*asked, (problem("c"), HEADS["c"] + "x=>" * 10_000)]) == {}
    assert reader.extract_all(asked) == {0: good, 2: None, 3: good}


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


@pytest.mark.parametrize("generation", [1, 2], ids=["the readers' parent", "a reader"])
def test_after_a_killed_process_the_next_answer_is_read(generation: int) -> None:
    asked = Reader()
    good = HEADS["python"] + "    return a + b\n"
    others = children(os.getpid())
    assert asked.extract(problem("python"), good) == good
    found = children(os.getpid()) - others
    for _ in range(1, generation):
        found = set().union(*map(children, found))
    assert len(found) == 1
    os.kill(found.pop(), signal.SIGKILL)
    assert asked.extract(problem("python"), good) == good


def children(parent: int) -> set[int]:
    return {int(pid) for task in Path(f"/proc/{parent}/task").glob("*/children") for pid in task.read_text().split()}


def test_readers_are_there_where_temporary_files_have_long_names(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100)
    deep.mkdir()
    ask = "from evaluator.extraction.apart import reader; reader.start()"
    subprocess.run((sys.executable, "-c", ask), env=os.environ | {"TMPDIR": str(deep)}, check=True)

"""Every command that the README and the pages of docs/ show exists, with the options that it shows."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(markdown: str) -> list[tuple[str, ...]]:
    """The commands of all ```sh blocks, as words: comments gone, lists and pipes cut, assignments in front dropped."""
    found: list[tuple[str, ...]] = []
    for block in BLOCK.findall(markdown):
        for line in block.replace("\\\n", " ").splitlines():
            found += split(line)
    return found


def split(line: str) -> list[tuple[str, ...]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("();<>|&"):
            parts.append([])
        elif parts[-1] or not re.match(r"\w+=", word):
            parts[-1].append(word)
    return [tuple(part) for part in parts if part]


def make_targets() -> set[str]:
    database = subprocess.run(
        ["make", "-pnq", "--no-builtin-rules", "help"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return set(re.findall(r"^([a-z][a-z-]*):", database, re.MULTILINE))


def shown(program: str) -> list[tuple[str, ...]]:
    pages = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    found = [words for page in pages for words in commands(page.read_text())]
    return sorted({words[1:] for words in found if Path(words[0]).name == program})


def test_commands_are_cut_out_of_shell_blocks() -> None:
    markdown = '```sh\nX=1 make a b  # why\nlovelace run "a b" \\\n  --x | jq && cd c\n```\n```\nmake no\n```\n'
    assert commands(markdown) == [("make", "a", "b"), ("lovelace", "run", "a b", "--x"), ("jq",), ("cd", "c")]


def test_the_readme_shows_both_main_commands() -> None:
    assert ("round",) in shown("make")
    assert ("test",) in shown("make")
    assert shown("lovelace"), "README.md shows no `lovelace` command in a ```sh block"


@pytest.mark.parametrize("words", shown("make"), ids=" ".join)
def test_every_make_target_shown_exists(words: tuple[str, ...]) -> None:
    assert {word for word in words if "=" not in word} <= make_targets()


@pytest.mark.parametrize("words", shown("lovelace"), ids=" ".join)
def test_every_lovelace_command_shown_exists(words: tuple[str, ...]) -> None:
    """With --help at its end a command is parsed, its options checked, and not run."""
    command = [sys.executable, "-m", "lovelace", *words, "--help"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert words[0] in ran.stdout

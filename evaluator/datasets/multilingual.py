"""Suites in many languages, in their own files: HumanEval-X and MultiPL-E. Their verdicts are trusting."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from evaluator.datasets import rows
from evaluator.errors import BadBenchmark, UnknownLanguage
from evaluator.extraction.grammar import Layout, grammar_of
from evaluator.extraction.preamble import closed
from evaluator.extraction.source import Source
from evaluator.protocol import Problem
from evaluator.suites import Trusting

HUMANEVAL_X = {"Python": "python", "CPP": "cpp", "Java": "java", "JavaScript": "javascript", "Go": "go", "Rust": "rust"}
MULTIPL_E = {
    "cpp": "cpp", "go_test.go": "go", "java": "java", "js": "javascript", "rs": "rust", "sh": "bash", "ts": "typescript"
}  # fmt: skip
FRAMEWORKS = {"go": "go-test"}
"""Languages whose tests a framework runs, in both suites."""


class _HumanEvalX(rows.Row, frozen=True):
    task_id: str
    prompt: str
    declaration: str
    canonical_solution: str
    test: str
    test_setup: str = ""
    imports: str = Field(default="", alias="import")


class _MultiPLE(rows.Row, frozen=True):
    name: str
    language: str
    prompt: str
    tests: str


def humaneval_x(path: Path) -> tuple[Problem, ...]:
    """Return the problems of one of HumanEval-X's files (Zheng et al. 2023, arXiv 2303.17568).

    A program is declaration, completion and tests. Raises UnknownLanguage, BadBenchmark.
    """
    return tuple(_humaneval_x(where, task) for where, task in rows.read(path, _HumanEvalX))


def multipl_e(path: Path) -> tuple[Problem, ...]:
    """Return the problems of one of MultiPL-E's files (Cassano et al. 2022, arXiv 2208.08227).

    There a program is prompt, completion and tests, and where a stop word took the completion's last brace, the tests
    begin with it. Here a completion is whole, and so are tests. Raises UnknownLanguage, BadBenchmark.
    """
    return tuple(_multipl_e(where, task) for where, task in rows.read(path, _MultiPLE))


def _humaneval_x(where: str, task: _HumanEvalX) -> Problem:
    language = _language(where, HUMANEVAL_X, task.task_id.partition("/")[0])
    # Go's declarations leave out the prompts' helpers, which tests call; its prompts have the imports.
    parts = (task.prompt,) if language in ("python", "go") else (task.imports.strip(), task.declaration)
    prompt = "\n".join(part.strip("\n") for part in parts if part) + "\n"
    return Problem(
        task_id=task.task_id,
        language=language,
        prompt=prompt,
        shown=task.prompt + task.declaration if language == "rust" else task.prompt,
        entry_point=_entry_point(where, language, prompt),
        tests=Trusting(
            source=task.test,
            setup=task.test_setup,
            runs_as="rust-test" if language == "rust" else FRAMEWORKS.get(language, language),
        ),
        canonical_solution=task.canonical_solution,
    )


def _multipl_e(where: str, task: _MultiPLE) -> Problem:
    language = _language(where, MULTIPL_E, task.language)
    tests = task.tests.lstrip()
    if tests.startswith("}"):
        tests = tests[1:]
        if language == "java":
            tests = f"class Tests extends Problem {{{tests}"
    return Problem(
        task_id=f"{language}/{task.name}",
        language=language,
        prompt=task.prompt,
        entry_point=_entry_point(where, language, task.prompt),
        tests=Trusting(source=tests, runs_as=FRAMEWORKS.get(language, language)),
        canonical_solution="",
    )


def _language(where: str, names: Mapping[str, str], name: str) -> str:
    if name not in names:
        raise UnknownLanguage(
            f"{where}: {name!r} is not among the languages of this suite that we run: {', '.join(names)}"
        )
    return names[name]


def _entry_point(where: str, language: str, prompt: str) -> str:
    """The last function that the prompt begins."""
    grammar = grammar_of(language)
    whole = prompt + "\n    pass\n" if grammar.layout is Layout.INDENTED else closed(prompt)
    functions = [d.name for d in Source(grammar, whole).definitions if not d.is_class]
    if not functions:
        raise BadBenchmark(f"{where}: the prompt begins no function")
    return functions[-1]

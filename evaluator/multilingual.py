"""Suites in many languages, in their own files: HumanEval-X and MultiPL-E. Their verdicts are trusting."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

from evaluator.errors import UnknownLanguage
from evaluator.extraction.grammar import Layout, grammar_of
from evaluator.extraction.preamble import closed
from evaluator.extraction.source import Source
from evaluator.protocol import Problem
from evaluator.suites import Trusting

Task = Mapping[str, str]

HUMANEVAL_X = {"Python": "python", "CPP": "cpp", "Java": "java", "JavaScript": "javascript", "Go": "go", "Rust": "rust"}
MULTIPL_E = {
    "cpp": "cpp", "go_test.go": "go", "java": "java", "js": "javascript", "rs": "rust", "sh": "bash", "ts": "typescript"
}  # fmt: skip
FRAMEWORKS = {"go": "go-test"}
"""Languages whose tests a framework runs, in both suites."""


def humaneval_x(path: Path) -> tuple[Problem, ...]:
    """Return the problems of one of HumanEval-X's files (Zheng et al. 2023, arXiv 2303.17568).

    A program is declaration, completion and tests. Raises UnknownLanguage.
    """
    return tuple(_humaneval_x(task) for task in _tasks(path))


def multipl_e(path: Path) -> tuple[Problem, ...]:
    """Return the problems of one of MultiPL-E's files (Cassano et al. 2022, arXiv 2208.08227).

    There a program is prompt, completion and tests, and where a stop word took the completion's last brace, the tests
    begin with it. Here a completion is whole, and so are tests. Raises UnknownLanguage.
    """
    return tuple(_multipl_e(task) for task in _tasks(path))


def _humaneval_x(task: Task) -> Problem:
    language = _language(HUMANEVAL_X, task["task_id"].partition("/")[0])
    declared = task["prompt"] if language == "python" else task["declaration"]
    prompt = "\n".join(filter(None, (task.get("import", "").strip(), declared.strip("\n")))) + "\n"
    return Problem(
        task_id=task["task_id"],
        language=language,
        prompt=prompt,
        shown=task["prompt"] + task["declaration"] if language == "rust" else task["prompt"],
        entry_point=_entry_point(language, prompt),
        tests=Trusting(
            source=task["test"],
            setup=task.get("test_setup", ""),
            runs_as="rust-test" if language == "rust" else FRAMEWORKS.get(language, language),
        ),
        canonical_solution=task["canonical_solution"],
    )


def _multipl_e(task: Task) -> Problem:
    language = _language(MULTIPL_E, task["language"])
    tests = task["tests"].lstrip()
    if tests.startswith("}"):
        tests = tests[1:]
        if language == "java":
            tests = f"class Tests extends Problem {{{tests}"
    return Problem(
        task_id=f"{language}/{task['name']}",
        language=language,
        prompt=task["prompt"],
        entry_point=_entry_point(language, task["prompt"]),
        tests=Trusting(source=tests, runs_as=FRAMEWORKS.get(language, language)),
        canonical_solution="",
    )


def _language(names: Mapping[str, str], name: str) -> str:
    if name not in names:
        raise UnknownLanguage(f"{name!r} is not among the languages of this suite that we run: {', '.join(names)}")
    return names[name]


def _entry_point(language: str, prompt: str) -> str:
    """The last function that the prompt begins."""
    grammar = grammar_of(language)
    whole = prompt + "\n    pass\n" if grammar.layout is Layout.INDENTED else closed(prompt)
    return next(d.name for d in reversed(Source(grammar, whole).definitions) if not d.is_class)


def _tasks(path: Path) -> list[Task]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]

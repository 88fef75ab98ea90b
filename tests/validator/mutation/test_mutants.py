"""Each operator does in each language what its example says; mutants differ, parse, and leave the rest alone."""

import functools
import itertools
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evaluator.datasets.multilingual import HUMANEVAL_X, humaneval_x
from evaluator.extraction.grammar import grammar_of
from evaluator.protocol import Problem
from validator.errors import NotMutable
from validator.problems.mutation import Bug, Mutant, bugs, dialects, mutants, operators
from validator.problems.mutation.rewriting import shifted

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "tests/corpus/mutation"
FILES = {language: name.lower() for name, language in HUMANEVAL_X.items()} | {"javascript": "js"}
LANGUAGES = ("c", "cpp", "go", "java", "javascript", "python", "rust")
PAIRS = [(language, name) for language, dialect in dialects().items() for name in dialect.operators]
NOT_EVERYWHERE = {"ternary_swap": {"go"}, "membership": set(LANGUAGES) - {"python"}}
"""What a language has no words for."""


@functools.cache
def corpus(language: str) -> dict[str, Any]:
    return tomllib.loads((CORPUS / f"{language}.toml").read_text(encoding="utf-8"))


def canonical(language: str) -> tuple[Problem, ...]:
    return humaneval_x(ROOT.parent / "shared/data/humaneval-x" / f"humaneval_{FILES[language]}.jsonl.gz")


@functools.cache
def of_sample(language: str, seed: int = 1) -> tuple[Mutant, ...]:
    return tuple(mutants(language, corpus(language)["source"], "sample", seed))


def test_every_operator_is_there_in_every_language_that_has_words_for_it() -> None:
    assert set(dialects()) == set(LANGUAGES)
    assert len(operators()) >= 20
    missing = {name: {language for language in LANGUAGES if (language, name) not in PAIRS} for name in operators()}
    assert {name: lacking for name, lacking in missing.items() if lacking} == NOT_EVERYWHERE


def test_every_kind_of_bug_is_described_and_made_by_an_operator() -> None:
    assert set(bugs()) == set(Bug) == {operator.bug for operator in operators().values()}


@pytest.mark.parametrize(("language", "name"), PAIRS)
def test_the_operator_makes_of_its_example_what_that_says(language: str, name: str) -> None:
    source: str = corpus(language)["source"]
    before, after = corpus(language)["examples"][name]
    assert source.count(before) == 1
    made = {mutant.source: mutant for mutant in of_sample(language)}
    wanted = made.get(source.replace(before, after))
    assert wanted is not None, [(m.before, m.after) for m in made.values() if m.operator == name]
    assert (wanted.operator, wanted.bug) == (name, operators()[name].bug)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_named_are_those_that_differ(language: str) -> None:
    source = corpus(language)["source"].splitlines()
    for mutant in of_sample(language):
        wrong = mutant.source.splitlines()
        assert all(1 <= line <= len(wrong) for line in mutant.lines), mutant
        if len(wrong) == len(source):
            assert [n for n, pair in enumerate(zip(source, wrong, strict=True), 1) if len(set(pair)) > 1] == list(
                mutant.lines
            )
        elif not mutant.after and len(mutant.lines) == 2:
            first, second = mutant.lines
            gone = len(source) - len(wrong)
            assert wrong[:first] == source[:first]
            assert wrong[second - 1 :] == source[second - 1 + gone :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_mutants_differ_parse_and_leave_the_rest_of_the_file_alone(language: str) -> None:
    source: str = corpus(language)["source"]
    made = of_sample(language)
    assert len({mutant.source for mutant in made} | {source}) == len(made) + 1
    start = source.index("{", source.index("sample(")) if language != "python" else source.index("    if not items")
    end = source.rindex("best & shift")
    for mutant in made:
        assert not grammar_of(language).parse(mutant.source.encode()).has_error, mutant
        assert mutant.source.startswith(source[:start]), mutant
        assert source[end:].rpartition(")")[2] in mutant.source[-10:], mutant


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_seed_decides_the_order_and_nothing_else_does(language: str) -> None:
    again = tuple(mutants(language, corpus(language)["source"], "sample", 7))
    first, other = of_sample(language, 7), of_sample(language, 8)
    assert first == again
    assert [mutant.source for mutant in first] != [mutant.source for mutant in other]
    assert {mutant.source for mutant in first} == {mutant.source for mutant in other}


def test_another_process_makes_the_same_mutants_in_the_same_order() -> None:
    made = "print(*mutants('python', sys.argv[1], 'sample', 7))"
    code = f"import sys; from validator.problems.mutation import mutants; {made}"
    source: str = corpus("python")["source"]
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, source],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {" ".join(map(str, of_sample("python", 7))) + "\n"}


def test_operators_take_turns() -> None:
    made = of_sample("python")
    early = [mutant.operator for mutant in made[: len({mutant.operator for mutant in made})]]
    assert len(set(early)) == len(early)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "c"])
def test_operators_apply_to_humaneval_x(language: str) -> None:
    found, few = Counter[str](), list[str]()
    for problem in canonical(language):
        source = problem.prompt + problem.canonical_solution
        made = list(mutants(language, source, problem.entry_point, 1))
        few += [problem.task_id] * (len(made) < 5)
        assert len({mutant.source for mutant in made} | {source}) == len(made) + 1
        found.update(mutant.operator for mutant in made)
    assert len(few) <= 14, few
    rare = {"ternary_swap", "bitwise"}
    assert set(dialects()[language].operators) - set(found) <= rare
    assert len(found) >= 20


def test_helpers_are_mutated_only_when_asked() -> None:
    source: str = corpus("python")["source"]
    asked = list(mutants("python", source, "sample", 1, helpers=("weigh",)))
    changed = [mutant for mutant in asked if "return a * 10 - b" not in mutant.source]
    assert changed
    assert all("return a * 10 - b" in mutant.source for mutant in of_sample("python"))


def test_methods_of_a_class_are_mutated() -> None:
    source = "class Account:\n    def add(self, amount):\n        self.total += amount\n        return self.total > 3\n"
    operators_used = {mutant.operator for mutant in mutants("python", source, "Account", 1)}
    assert {"accumulator", "boundary", "dropped_statement"} <= operators_used


def test_a_method_can_be_named_by_its_class() -> None:
    source: str = corpus("java")["source"]
    assert list(mutants("java", source, "Solution.sample", 1)) == list(of_sample("java"))
    with pytest.raises(NotMutable, match=r"defines no 'Other\.sample'"):
        next(mutants("java", source, "Other.sample", 1))


def test_go_keeps_a_use_of_each_variable() -> None:
    assert all(mutant.source.count("half") > 1 for mutant in of_sample("go"))


def test_text_is_not_taken_for_a_number() -> None:
    source = "def f(name: str, n: int):\n    return name + '!' if n > 2 else name\n"
    made = list(mutants("python", source, "f", 1))
    assert "arithmetic" not in {mutant.operator for mutant in made}
    assert {"boundary", "ternary_swap", "text"} <= {mutant.operator for mutant in made}


def test_shifted_expressions_read_as_a_person_would_write_them() -> None:
    written = {"n - 1": "n", "n + 1": "n + 2", "n - 3": "n - 2", "0": "1", "a if b else c": "(a if b else c) + 1"}
    assert {text: shifted(text, 1) for text in written} == written
    assert shifted("half + (a & b)", 1) == "half + (a & b) + 1"


def test_docstrings_signatures_and_comments_stay() -> None:
    source: str = corpus("python")["source"]
    kept = source[source.index("def sample") : source.index("    if not items")]
    assert all(kept in mutant.source for mutant in of_sample("python"))


def test_the_first_mutants_cost_no_more_than_they_need() -> None:
    source: str = corpus("python")["source"]
    assert len(list(itertools.islice(mutants("python", source, "sample", 1), 5))) == 5


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(NotMutable, match="'cobol'; languages: c, cpp"):
        next(mutants("cobol", "", "f", 1))


def test_a_program_without_the_function_is_refused() -> None:
    with pytest.raises(NotMutable, match="defines no 'g'"):
        next(mutants("python", "def f():\n    return 1\n", "g", 1))

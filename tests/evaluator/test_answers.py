"""The corpus of answers: what each holds, and the verdict that it gets with its problem's tests in the sandbox."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.extraction import extract
from evaluator.judging import judge
from evaluator.protocol import Problem, Status
from evaluator.suites import Trusting
from sandbox.local import open_sandbox

CORPUS = Path(__file__).parents[1] / "corpus" / "answers"
TABLES: dict[str, Any] = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(CORPUS.glob("*.toml"))}


def problem_of(language: str) -> Problem:
    facts = {"task_id": language, "canonical_solution": "", **TABLES[language]["problem"]}
    runs_as, setup = facts.pop("runs_as", None), facts.pop("setup", "")
    if runs_as is not None:
        facts["tests"] = {"kind": "trusting", "source": facts["tests"], "setup": setup, "runs_as": runs_as}
    return Problem.model_validate(facts)


def answers() -> Iterator[Any]:
    for language, table in TABLES.items():
        for one in table["answers"]:
            yield pytest.param(language, one["answer"], one["verdict"], id=f"{language}-{one['shape']}")


def test_the_corpus_is_large_and_every_shape_has_its_own_name() -> None:
    assert len(TABLES) >= 6
    for language, table in TABLES.items():
        shapes = Counter(one["shape"] for one in table["answers"])
        assert max(shapes.values()) == 1, language
        assert len(shapes) >= 40, language
        assert {one["verdict"] for one in table["answers"]} >= {"passed", "failed", "no_program"}, language


@pytest.mark.parametrize(("language", "answer", "verdict"), list(answers()))
def test_a_program_is_found_where_there_is_one(language: str, answer: str, verdict: str) -> None:
    code = extract(problem_of(language), answer)
    assert (code is None) == (verdict == Status.NO_PROGRAM), code


@pytest.mark.heavy
@pytest.mark.parametrize("language", TABLES)
async def test_every_answer_has_its_verdict_in_the_sandbox(language: str, engine: None) -> None:
    problem = problem_of(language)
    wrong = []
    runs_as = problem.tests.runs_as if isinstance(problem.tests, Trusting) else language
    async with open_sandbox([runs_as], slots=1) as sandbox, sandbox.lease() as lease:
        for one in TABLES[language]["answers"]:
            verdict = (await judge(problem, one["answer"], lease)).verdict
            if verdict.status != one["verdict"]:
                wrong.append((one["shape"], one["verdict"], str(verdict.status), verdict.detail))
            assert verdict.trusting == isinstance(problem.tests, Trusting)
            assert verdict.pays == (verdict.passed and not verdict.trusting)
    assert wrong == [], "\n".join(map(str, wrong))

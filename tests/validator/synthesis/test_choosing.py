"""Hidden cases find bugs: slips that were not asked for when they were chosen, and mutants of the emitted Python."""

import random
from collections.abc import AsyncIterator
from itertools import islice

import pytest

from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems.report.killing import killed, others
from validator.problems.synthesis import Synthesised, synthesise
from validator.problems.synthesis.choosing import HIDDEN, MOST
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.slips.making import slips
from validator.problems.synthesis.slips.telling import shown_by

SEEDS = range(601, 617)


@pytest.fixture(scope="module")
def problems() -> list[Synthesised]:
    return [synthesise(seed, 2 + seed % 7) for seed in SEEDS]


@pytest.fixture(scope="module")
async def pool(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"], slots=1) as sandbox:
        yield sandbox


def test_there_are_as_many_as_are_promised_and_the_edge_cases_are_among_them(problems: list[Synthesised]) -> None:
    for problem in problems:
        assert 20 <= HIDDEN <= len(problem.hidden) <= MOST
        shown = {repr(given) for given, _ in (*problem.hidden, *problem.examples)}
        assert {repr(edge) for edge in shapes()[problem.shape].edges} <= shown


def test_whatever_slip_any_input_shows_a_hidden_case_shows(problems: list[Synthesised]) -> None:
    missed, shown = [], 0
    for problem in problems:
        cases = others(problem, 120)
        for slip in islice(slips(problem.program, random.Random("other")), 60):
            if next(shown_by(slip.program, cases, 3000), None) is None:
                continue
            shown += 1
            if next(shown_by(slip.program, problem.hidden, 3000), None) is None:
                missed.append((problem.seed, slip.operator))
    assert shown > 400
    assert len(missed) <= 0.03 * shown, missed


def test_the_choice_matters(problems: list[Synthesised]) -> None:
    """Eight of the cases find less than all do, so that the test above can fail."""
    found = [0, 0]
    for problem in problems[:8]:
        for slip in islice(slips(problem.program, random.Random("other")), 60):
            for which, cases in enumerate((problem.hidden[:3], problem.hidden)):
                found[which] += next(shown_by(slip.program, cases, 3000), None) is not None
    assert found[0] < 0.97 * found[1]


@pytest.mark.heavy
async def test_mutants_that_any_input_kills_are_killed_by_a_hidden_case(
    problems: list[Synthesised], pool: Pool
) -> None:
    async with pool.lease() as lease:
        found = await killed(problems[:6], lease)
    assert found.problems == 6
    assert found.killable > 50
    assert found.killed >= 0.95 * found.killable, found

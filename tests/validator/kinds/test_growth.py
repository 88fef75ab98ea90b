"""Functions that are put in order by how their loops grow."""

import random
from collections.abc import AsyncIterator
from itertools import combinations, pairwise

import pytest
import pytest_asyncio

from evaluator.judging import judge
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from validator.errors import SynthesisError
from validator.problems.kinds import growth
from validator.problems.kinds.growth import ORDERS, Loops, counted, is_apart, rank, table
from validator.problems.synthesis import Synthesised, targets, together
from validator.problems.synthesis.catalogue import options
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.reading import read
from validator.problems.synthesis.tree import INT, Function, Program


def drawn(loops: Loops, rng: random.Random) -> Function:
    constants = {name: int(rng.choice(options(draw))) for name, draw in loops.draws.items()}
    return read("amber", (("n", INT),), INT, loops.code, constants, {})


def test_every_order_of_growth_has_functions_of_each_kind() -> None:
    assert {loops.grows for loops in table()} == set(ORDERS)
    assert len({loops.name for loops in table()}) == len(table()) >= 24
    for order in ORDERS:
        assert len({loops.weight for loops in table() if loops.grows == order}) >= 2, order


@pytest.mark.parametrize("order", ORDERS)
def test_functions_grow_as_the_table_says(order: str) -> None:
    """Between n and 4 n, the turns grow by the factor that the order has, up to what is constant."""
    factor = {"log n": 1.3, "sqrt n": 2, "n": 4, "n log n": 4.9, "n sqrt n": 8, "n * n": 16, "n * n * n": 64}[order]
    for loops in table():
        if loops.grows == order:
            steps = counted(drawn(loops, random.Random(1)))
            assert steps[-1] / steps[-3] == pytest.approx(factor, rel=0.2), loops.name


def test_no_function_is_ever_apart_the_wrong_way_round() -> None:
    rng = random.Random(5)
    counts = {order: [counted(drawn(one, rng)) for one in table() if one.grows == order] for order in ORDERS}
    for fewer, more in combinations(ORDERS, 2):
        for one in counts[fewer]:
            for other in counts[more]:
                assert not is_apart(other, one), (fewer, more)


def test_functions_of_the_same_order_are_not_apart() -> None:
    steps = [counted(drawn(loops, random.Random(2))) for loops in table() if loops.grows == "n"]
    assert not any(is_apart(one, other) for one in steps for other in steps)


def test_ranked_functions_are_apart_and_a_variant_has_other_names() -> None:
    for seed in range(20):
        ranked = rank(random.Random(seed), random.Random(f"{seed} a"), 2 + seed % 7)
        other = rank(random.Random(seed), random.Random(f"{seed} b"), 2 + seed % 7)
        assert ranked == rank(random.Random(seed), random.Random(f"{seed} a"), 2 + seed % 7)
        assert all(is_apart(one, next_one) for one, next_one in pairwise(ranked.turns))
        assert [one.name for one in ranked.functions] != [one.name for one in other.functions]
        assert ranked.weights == other.weights


def test_functions_that_cannot_be_told_apart_are_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "APART", 1e9)
    with pytest.raises(SynthesisError, match="no functions that are clearly apart"):
        rank(random.Random(1), random.Random(2), 4)


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(targets(), slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


@pytest.mark.heavy
@pytest.mark.parametrize("language", targets())
async def test_functions_do_the_same_in_every_language(lease: Lease, language: str) -> None:
    problem = together([solved(loops) for loops in table()], language)
    answer = f"```{language}\n{problem.canonical_solution}\n```\n"
    found = (await judge(problem, answer, lease)).verdict
    assert found.passed, found.detail


def solved(loops: Loops) -> Synthesised:
    """The function as a problem of its own."""
    function = drawn(loops, random.Random(3))
    evaluate = Evaluator(Program((function,)))
    cases = tuple(((n,), evaluate(n)) for n in (1, 2, 3, 7, 16, 21))
    return Synthesised(
        seed=0, depth=2, variant=b"", statement="", program=Program((function,)), examples=(), hidden=cases,
        features={}, behaviour="", shape="",
    )  # fmt: skip

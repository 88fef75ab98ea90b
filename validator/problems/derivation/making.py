"""Derived problems from seeds: planned, drawn, tried on what is known of the benchmark, and dropped if not worth it."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.graders.types import Kind
from evaluator.protocol import Problem
from evaluator.suites import CallCase, Calls, Tolerance
from validator.errors import Fault, SynthesisError
from validator.problems.derivation import coding
from validator.problems.derivation.answering import Answers, Row
from validator.problems.derivation.drawing import Drawn, draw
from validator.problems.derivation.planning import Form, Plan, plan
from validator.problems.derivation.stating import state
from validator.problems.synthesis import trying
from validator.problems.synthesis.asking import plain
from validator.problems.synthesis.choosing import HIDDEN, SHOWN, short_ones, varied
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.tree import Program
from validator.problems.synthesis.trying import MOST_STEPS, Case

FEWEST_VARIATIONS, FEWEST_HIDDEN = 60, 20
ATTEMPTS, VARIANTS, RIVALS, PROBES = 400, 60, 40, 3
GROUPS = 44
"""How many lists of items, or pairs of inputs, are tried."""
LONGEST = 6
"""Items in a list that one benchmark problem is solved for."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A problem that a benchmark's answer does not solve, with everything that is known about it."""

    seed: int
    depth: int
    variant: bytes
    statement: str
    drawn: Drawn
    examples: tuple[Case, ...]
    hidden: tuple[Case, ...]
    features: Mapping[str, float]
    behaviour: str
    """A digest of what it does; the same for all variants."""

    @property
    def entry_point(self) -> str:
        """The name of the function."""
        return self.drawn.realised.program.entry.name

    @property
    def origins(self) -> tuple[str, ...]:
        """The benchmark problems that it is derived from."""
        return tuple(base.original.name for base in self.drawn.plan.bases)

    @property
    def reference(self) -> str:
        """A solution."""
        return coding.reference(self.drawn)

    @property
    def unchanged(self) -> str:
        """The benchmark's answer under the new name, which is wrong here."""
        return coding.unchanged(self.drawn)

    def as_problem(self) -> Problem:
        """What the evaluator grades, with the hidden cases as its tests."""
        kinds, result = self.drawn.kinds, self.drawn.result
        calls = tuple(
            CallCase(
                arguments=tuple(plain(kind, value) for kind, value in zip(kinds, arguments, strict=True)),
                expected=plain(result, answer),
            )
            for arguments, answer in self.hidden
        )
        floats = any(part.kind is Kind.FLOAT for part in result.parts())
        name = f"derivation/{self.seed}-{self.depth}{'-' if self.variant else ''}{self.variant.hex()[:16]}/python"
        return Problem(
            task_id=name,
            prompt="",
            entry_point=self.entry_point,
            tests=Calls(
                parameters=tuple(map(str, kinds)),
                result=str(result),
                cases=calls,
                tolerance=Tolerance(relative=1e-9, absolute=1e-9) if floats else None,
            ),
            canonical_solution=self.reference,
            shown=f"{self.statement}\nWrite it in Python, with this signature:\n\n"
            f"```python\n{coding.head(self.drawn)}\n```\n",
            difficulty=f"{self.features['weight']:.0f}",
        )


def derive(seed: int, depth: int, variant: bytes = b"") -> Derived:
    """The problem of ``seed`` with ``depth`` parts, the same one each time; pure, and no benchmark's code runs.

    ``variant`` changes its numbers, names, words, the order of its arguments, its inputs and examples, but neither the
    benchmark problems nor what is built around them. Raises SynthesisError if no attempt gave a problem.
    """
    for attempt in range(ATTEMPTS):
        start = f"derivation/{seed}/{depth}/{attempt}"
        planned = plan(trying.seeded(start), depth)
        if planned is None or planned.variations < FEWEST_VARIATIONS:
            continue
        found = _attempt(seed, depth, planned, start, b"")
        if found is not None:
            return found if not variant else _vary(seed, depth, planned, start, variant)
    raise SynthesisError(f"nothing of depth {depth} can be derived from seed {seed} in {ATTEMPTS} attempts")


def _vary(seed: int, depth: int, planned: Plan, start: str, variant: bytes) -> Derived:
    """The first fitting variant; later turns fill no holes anew, the last ones ask for less."""
    for turn in range(VARIANTS):
        found = _attempt(seed, depth, planned, start, variant, turn)
        if found is not None:
            return found
    raise SynthesisError(f"no variant of what is derived from seed {seed} at depth {depth} in {VARIANTS} attempts")


def _attempt(seed: int, depth: int, planned: Plan, start: str, variant: bytes, turn: int = 0) -> Derived | None:
    rng = trying.seeded(f"{start}/{variant.hex()}/{turn}")
    drawn = draw(planned, rng, holes=bool(variant) and turn < VARIANTS // 2)
    tried = _tried(drawn, rng)
    cases = [case for case, _ in tried]
    if len(cases) <= FEWEST_HIDDEN + SHOWN or _unfit(cases, strict=turn < VARIANTS * 2 // 3):
        return None
    if not variant and (_alike(drawn, tried, start) or not _varies(planned, start)):
        return None
    examples = short_ones(cases)
    hidden = varied(case for case in cases if case not in examples)[:HIDDEN]
    rng.shuffle(hidden)
    if len(hidden) < FEWEST_HIDDEN or _untouched(drawn, hidden):
        return None
    return Derived(
        seed=seed,
        depth=depth,
        variant=variant,
        statement=state(drawn, cases, examples, rng),
        drawn=drawn,
        examples=tuple(examples),
        hidden=tuple(hidden),
        features=_features(drawn),
        behaviour=_behaviour(planned, start),
    )


def _chosen_rows(answers: Answers, rng: random.Random) -> list[list[Row]]:
    """Which rows of what is known go into each case."""
    rows = answers.rows()
    if answers.form is Form.SINGLE:
        return [[row] for row in rows]
    if answers.form is Form.PAIR:
        others = answers.rows(1)
        return [[rng.choice(rows), rng.choice(others)] for _ in range(GROUPS)]
    return [[], *([rng.choice(rows) for _ in range(rng.randint(1, LONGEST))] for _ in range(GROUPS))]


def _tried(drawn: Drawn, rng: random.Random) -> list[tuple[Case, Any]]:
    """Cases that differ, each with the outcome that the blocks go on with; what has none is left out."""
    answers = Answers(drawn)
    found: dict[str, tuple[Case, Any]] = {}
    for rows in _chosen_rows(answers, rng):
        try:
            arguments, outcome = answers.arguments(rows), answers.outcome(rows)
            found.setdefault(repr(arguments), ((arguments, answers.answer(outcome)), outcome))
        except Fault:
            continue
    return list(found.values())


def _unfit(cases: Sequence[Case], strict: bool) -> bool:
    """Whether a guess would be right too often, or what comes back is too long."""
    results = [repr(result) for _, result in cases]
    commonest = max(results.count(result) for result in set(results)) / len(results)
    limit, few = (0.7, 2) if isinstance(cases[0][1], bool) else (0.4, 7) if strict else (0.6, 5)
    long = max(map(len, results)) > 600
    return long or commonest > limit or len(set(results)) < few


def _alike(drawn: Drawn, tried: Sequence[tuple[Case, Any]], start: str) -> bool:
    """Whether some other draw of its numbers would do as well: then a copied answer would too often be right."""
    for rival in range(RIVALS):
        other = draw(drawn.plan, trying.seeded(f"{start}/rival {rival}"))
        if not _same_before(drawn, other, [arguments for (arguments, _), _ in tried]):
            continue
        if other.realised.sentences == drawn.realised.sentences:
            return True
        answer = Evaluator(other.realised.program, MOST_STEPS)
        try:
            if all(answer(outcome) == found for (_, found), outcome in tried):
                return True
        except Fault:
            continue
    return False


def _varies(planned: Plan, start: str) -> bool:
    """Whether variants will be found soon: one of the first few draws is fit."""
    for probe in range(PROBES):
        rng = trying.seeded(f"{start}/probe {probe}")
        cases = [case for case, _ in _tried(draw(planned, rng), rng)]
        if len(cases) > FEWEST_HIDDEN + SHOWN and not _unfit(cases, strict=True):
            return True
    return False


def _same_before(drawn: Drawn, other: Drawn, given: Sequence[tuple[Any, ...]]) -> bool:
    """Whether two draws of a skeleton come to the same outcome for what is ``given``."""
    joins = [one.join and one.join.function for one in (drawn, other)]
    if joins[0] != joins[1] or drawn.numbers != other.numbers:
        return False
    if drawn.recoding is None or other.recoding is None:
        return True
    place = drawn.order.index(drawn.plan.recoded)
    mine, theirs = (Evaluator(Program((one.recoding.function,))) for one in (drawn, other) if one.recoding)
    try:
        return all(mine(arguments[place]) == theirs(arguments[place]) for arguments in given)
    except Fault:
        return False


def _untouched(drawn: Drawn, hidden: Sequence[Case]) -> bool:
    """Whether the benchmark's own answer is right for some of the cases: those that look like its own."""
    base = drawn.plan.bases[0]
    kinds = tuple(kind for _, kind in base.original.chosen.parameters)
    if (drawn.kinds, drawn.result) != (kinds, base.original.chosen.result):
        return False
    known = {repr(arguments): result for arguments, result in Answers(drawn).rows()}
    same = sum(known.get(repr(arguments)) == result for arguments, result in hidden)
    return bool(same > len(hidden) / 2)


def _features(drawn: Drawn) -> Mapping[str, float]:
    blocks = [block for stage in drawn.plan.blocks for block in stage.blocks()]
    lines = coding.reference(drawn).count("\n")
    twists = sum(base.twist is not None for base in drawn.plan.bases)
    own = [2 + base.original.run.code.count("\n") // 10 for base in drawn.plan.bases]
    around = twists + (drawn.recoding is not None) * 2 + (drawn.plan.form is not Form.SINGLE)
    return {
        "blocks": len(blocks) + len(own) + twists + (drawn.recoding is not None),
        "stages": len(drawn.plan.blocks) + len(own),
        "weight": sum(block.idiom.weight for block in blocks) + sum(own) + around,
        "hardest": max([*(block.idiom.weight for block in blocks), *own]),
        "nested": sum(len(block.held) for block in blocks) + (drawn.plan.form not in (Form.SINGLE, Form.PAIR)),
        "lines": float(lines),
    }


def _behaviour(planned: Plan, start: str) -> str:
    """A digest of the answers for the same rows, with numbers that depend on the skeleton alone."""
    rng = trying.seeded(f"{start}/behaviour")
    drawn = draw(planned, rng)
    answers = [answer for (_, answer), _ in _tried(drawn, rng)]
    names = [base.original.name for base in planned.bases]
    return hashlib.sha256(repr((names, list(map(str, drawn.kinds)), answers)).encode()).hexdigest()

"""Test writing: a function is specified, and tests are to be written that tell mistaken versions from right ones."""

from evaluator.graders.test_writing import LIMITS
from evaluator.protocol import Problem
from evaluator.suites import Implementations
from validator.errors import SynthesisError
from validator.problems.kinds.mistakes import Mistake, mistakes
from validator.problems.kinds.rewrites import rewritten
from validator.problems.protocol import Made, Recipe
from validator.problems.synthesis import Synthesised, synthesise
from validator.problems.synthesis.asking import shown
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.trying import Case, seeded

LANGUAGES = (("", "python"),)
FEWEST, MOST, SOUGHT = 8, 10, 16
"""Mistaken functions of a problem: at least, at most, and how many are looked for."""
EXAMPLES = (2, 1)
"""How many examples a statement shows: fewer where too many mistakes show in the second one."""
TASK = """\
Write a test suite in Python for the function `{name}`, which is specified below. The function has been written several
times; some versions are right, and each of the others has one mistake. Your suite is to pass with every right version,
and to fail with every mistaken one.

Rules:
- Answer with one Python code block that holds the whole suite.
- `{name}` is defined already; call it by its name. Do not define or import it.
- A test is a function without parameters whose name begins with `test_`, and uses plain `assert` statements.
  Assertions outside of functions count too. Use neither pytest nor unittest; the rest of the standard library is there.
- Each version meets the suite in a fresh process. The suite fails with it if anything in the suite raises, or if it
  takes more than {seconds:g} s of processor time.
- Call the function only with arguments as specified. Of a result nothing is promised but what it equals: not, for
  instance, in what order a map (a `dict`) holds its keys.
- Your score is the share of mistaken versions with which the suite fails; {enough:.0%} is enough to pass. If the suite
  fails with any right version, the score is 0.

The specification, as those who wrote the versions got it:

---
{specification}---
"""


def make(recipe: Recipe, variant: bytes = b"") -> Made:
    """A suite to be written for the function of the recipe. Raises SynthesisError if too few mistakes can be told."""
    made = synthesise(recipe.seed, recipe.depth, variant)
    examples, wrong = _chosen(made)
    name = made.entry_point("python")
    tests = Implementations(
        right=(made.reference("python"), emit(rewritten(made.program), "python")),
        mistaken=tuple(one.source for one in wrong),
        order=seeded(f"order/{recipe.seed}/{recipe.depth}/{variant.hex()}").getrandbits(32),
    )
    specification = _with_examples(shown(made, "python"), made, examples)
    statement = TASK.format(
        name=name, seconds=LIMITS.cpu_seconds, enough=tests.enough, specification=specification
    )  # fmt: skip
    right = suite(name, [*made.examples, *made.hidden])
    problem = Problem(
        task_id=f"test_writing/{recipe.seed}-{recipe.depth}{'-' if variant else ''}{variant.hex()[:16]}",
        prompt="",
        entry_point=name,
        tests=tests,
        canonical_solution=right,
        shown=statement,
        difficulty=f"{made.features['weight']:.0f}",
    )
    (arguments, _), (_, other) = _two(made)
    return Made(
        recipe=recipe,
        variant=variant,
        problem=problem,
        right=_fenced(right),
        wrong=(
            _fenced(suite(name, [*made.examples, *made.hidden, (arguments, other)])),
            _fenced(suite(name, made.examples[:examples])),
            _fenced("def test_nothing():\n    assert True\n"),
        ),
        features=made.features,
        behaviour=made.behaviour,
    )


def suite(name: str, cases: list[Case] | tuple[Case, ...]) -> str:
    """Tests that a function gives the results of ``cases``."""
    calls = [f"    assert {name}({', '.join(map(repr, arguments))}) == {result!r}" for arguments, result in cases]
    return "\n".join(["def test_results():", *calls]) + "\n"


def _chosen(made: Synthesised) -> tuple[int, list[Mistake]]:
    """How many examples are shown, and the mistakes: at least half of them show in no example."""
    found = mistakes(made, SOUGHT)
    for examples in EXAMPLES:
        hidden = [one for one in found if min(one.told_by) >= examples][:MOST]
        plain = [one for one in found if min(one.told_by) < examples]
        chosen = hidden + plain[: min(len(hidden), MOST - len(hidden))]
        if len(chosen) >= FEWEST:
            return examples, chosen
    raise SynthesisError(f"fewer than {FEWEST} mistakes that a test would find")


def _with_examples(statement: str, made: Synthesised, count: int) -> str:
    """The statement with its first ``count`` examples only."""
    before, title, after = statement.partition("\nExamples:\n")
    lines = after.splitlines(keepends=True)
    total = len(made.examples)
    heading = title if count > 1 else "\nExample:\n"
    return before + heading + "".join(lines[:count]) + "".join(lines[total:])


def _two(made: Synthesised) -> tuple[Case, Case]:
    """Two cases with different results."""
    first = made.hidden[0]
    return first, next(case for case in made.hidden if case[1] != first[1])


def _fenced(code: str) -> str:
    return f"```python\n{code}```\n"

"""What the load test sends: honest programs, whose answer is known, and attacks, which must be stopped."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sandbox import attacks, corpus
from sandbox.attacks import Attack, Bait
from sandbox.protocol import Ended, Execution, Limits, Program, Run

HONEST = {
    "python": "n = int(input())\nprint(sum(i * i for i in range(n)))\n",
    "c": "#include <stdio.h>\nint main(void) {\n  long long n, sum = 0;\n  scanf(\"%lld\", &n);\n"
    "  for (long long i = 0; i < n; i++) sum += i * i;\n  printf(\"%lld\\n\", sum);\n}\n",
    "bash": "read n\nfor ((i = 0; i < n; i++)); do ((sum += i * i)); done\necho $sum\n",
}  # fmt: skip
"""Each prints the sum of the squares below n."""
SHARE = 3
"""One program in so many is an attack."""
ATTACKS = (
    "burns-cpu", "burns-cpu-in-orphans", "collects-passwords", "descriptor-bomb", "disk-bytes-in-its-directory",
    "disk-bytes-in-tmp", "endless-errors", "endless-stack", "fork-bomb", "fork-bomb-in-a-shell",
    "forges-a-reply-on-stdout", "inodes-in-its-directory", "interrupts-the-supervisor",
    "macro-bomb", "memory-by-mapping", "memory-in-200-processes", "memory-in-one-process", "output-flood",
    "output-flood-of-children", "reads-the-supervisors-memory", "sleeper-that-ignores-signals",
    "spares-itself-and-dooms-the-supervisor", "stops-itself", "stops-the-zygote", "takes-another-uid",
    "thread-bomb",
)  # fmt: skip
"""Of the corpus; each is one program that ends by itself or by a limit, needs nothing outside, and does not show its
success by a limit, which may be the load's doing."""
CPU_SECONDS, WALL_SECONDS = 0.5, 1.5
"""Their limits here, so that many can be made: to burn more is no other attack."""
BY_LIMITS = frozenset(ended for ended in Ended if ended.endswith("_limit"))
SHOWN = 600
"""Characters of an execution that a complaint repeats."""
NO_BAIT = Bait(0, "", 0)


@dataclass(frozen=True, slots=True)
class Order:
    """A request, and what is wrong with a 200 that answers it, in words; None if nothing is."""

    honest: bool
    body: bytes
    wrong: Callable[[Execution], str | None]


def orders(seed: int) -> Callable[[], Order]:
    """Makes one after another, without end; the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  no secret

    def order() -> Order:
        return _attack(chance.choice(ATTACKS)) if chance.randrange(SHARE) == 0 else _honest(chance)

    return order


def _honest(chance: random.Random) -> Order:
    language, number = chance.choice(list(HONEST)), chance.randrange(100, 1000)
    program = Program(language=language, source=HONEST[language].encode(), runs=(Run(stdin=b"%d\n" % number),))
    squares = b"%d\n" % ((number - 1) * number * (2 * number - 1) // 6)

    def wrong(execution: Execution) -> str | None:
        right = len(execution.runs) == 1 and execution.runs[0].succeeded and execution.runs[0].stdout == squares
        return None if right else f"{language} of {number}, which is {squares!r}: {_shown(execution)}"

    return Order(True, program.to_json(exclude_defaults=True), wrong)


@cache
def _attack(name: str) -> Order:
    directory = corpus.directory() / "attacks" / name
    attack = attacks.load(directory)
    program = attacks.main_program(attack, directory, NO_BAIT)
    short = {"cpu_seconds": CPU_SECONDS, "wall_seconds": WALL_SECONDS}
    program = program.model_copy(update={"limits": Limits(**{**dict(attack.limits), **short})})

    def wrong(execution: Execution) -> str | None:
        why = fault(attack, execution)
        return None if why is None else f"{name} {why}: {_shown(execution)}"

    return Order(False, program.to_json(exclude_defaults=True), wrong)


def fault(attack: Attack, execution: Execution) -> str | None:
    """Why ``execution`` is not how ``attack`` must end; None if it is."""
    step = execution.runs[-1] if execution.runs else execution.compile
    assert step is not None
    place: attacks.Place = "run" if execution.runs else "compile"
    if attack.success.shows_in({place: step}):
        return "got through"
    if step.ended in BY_LIMITS or step.ended is attack.stopped:
        return None
    if step.ended is Ended.CONTAINER_DEATH:
        return "killed containers for no reason that we see"
    if place == "compile":
        return "did not compile"
    return "was not stopped" if attack.stopped else None


def _shown(execution: Execution) -> str:
    return execution.to_json(exclude_defaults=True).decode()[:SHOWN]

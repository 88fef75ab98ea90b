"""State machines whose transitions each variant draws anew, and their tables as a statement shows them."""

import random
from dataclasses import dataclass

from pydantic import Field

from evaluator.suites import Message

STATES = (
    ("idle", "ready", "busy"),
    ("calm", "alert", "alarm"),
    ("red", "green", "blue"),
    ("low", "middle", "high"),
    ("sleeping", "waking", "working", "resting"),
    ("north", "east", "south", "west"),
)


class Machine(Message):
    """What a block says about its machine; where it leads, and what it does there, is drawn."""

    events: tuple[str, ...] = Field(min_length=2)
    """The heads of the columns."""
    actions: str | dict[str, int]
    """What a transition does beside: a number from a range, or one of these in words, with its number."""


@dataclass(frozen=True, slots=True)
class Table:
    """A machine that has been drawn: for each state, for each event, the next state and the number of the action."""

    states: tuple[str, ...]
    nexts: tuple[int, ...]
    numbers: tuple[int, ...]
    shown: str

    @property
    def code(self) -> dict[str, str]:
        """What stands for it in the code of a block."""
        names = ", ".join(f'"{state}"' for state in self.states)
        return {"nexts": str(list(self.nexts)), "numbers": str(list(self.numbers)), "names": f"[{names}]"}


def draw(machine: Machine, rng: random.Random) -> Table:
    """A table in which every state can be reached, and every event and action matters."""
    states = rng.choice(STATES)
    cells = len(states) * len(machine.events)
    words = _actions(machine)
    while True:
        nexts = tuple(rng.randrange(len(states)) for _ in range(cells))
        actions = [rng.choice(list(words)) for _ in range(cells)]
        if _telling(nexts, actions, len(states), len(machine.events)):
            break
    written = [f"{states[to]}; {action}" for to, action in zip(nexts, actions, strict=True)]
    lines = [["state", *machine.events], ["---"] * (1 + len(machine.events))]
    for n, state in enumerate(states):
        lines.append([state, *written[n * len(machine.events) : (n + 1) * len(machine.events)]])
    shown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return Table(states, nexts, tuple(words[action] for action in actions), shown)


def _actions(machine: Machine) -> dict[str, int]:
    if isinstance(machine.actions, dict):
        return machine.actions
    low, _, high = machine.actions.partition("..")
    return {f"{number:+d}" if number else "0": number for number in range(int(low), int(high) + 1)}


def _telling(nexts: tuple[int, ...], actions: list[str], states: int, events: int) -> bool:
    """Whether all states are reached, none is a trap, no two do the same, and no event does the same everywhere."""
    rows = [(nexts[n * events : n * events + events], actions[n * events : n * events + events]) for n in range(states)]
    reached, waiting = {0}, [0]
    while waiting:
        fresh = {*rows[waiting.pop()][0]} - reached
        reached |= fresh
        waiting += sorted(fresh)
    leaves = all(set(row) != {n} for n, (row, _) in enumerate(rows))
    differ = all(one != other for n, one in enumerate(rows) for other in rows[:n])
    columns = [[(row[e], done[e]) for row, done in rows] for e in range(events)]
    apart = all(one != other for n, one in enumerate(columns) for other in columns[:n])
    return len(reached) == states and leaves and differ and apart and len(set(actions)) > 1

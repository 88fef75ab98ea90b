"""One miner, watched: its canaries' bags and the detector, from one check to the next and over restarts."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from sandbox.protocol import Message
from validator.drift.conformal import DRAWS, Bag, p_value, score
from validator.drift.detector import ALLOWANCE, HORIZON, Detector
from validator.errors import StateProblem

VERSION = 1
DAYS_KEPT = 30


class BagState(Message):
    """A bag as it is stored."""

    sketches: tuple[str, ...]
    sums: tuple[float, ...]


class MonitorState(Message):
    """A monitor as it is stored: JSON."""

    version: int = VERSION
    seed: int
    detector: Detector
    bags: dict[str, BagState]
    days: dict[int, tuple[float, ...]]
    """The scores of each day, for the next allowance."""


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one check."""

    p: float
    """Of a miner that did not change, uniform; small where answers are less like earlier ones."""
    score: float
    alarm: bool


@dataclass(slots=True)
class Monitor:
    """Of one miner's canaries; ``seed`` is the validator's secret, and decides ties alone."""

    seed: int
    detector: Detector = field(default_factory=Detector)
    bags: dict[str, Bag] = field(default_factory=dict)
    days: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def check(self, answers: Mapping[str, str], day: int, draws: int = DRAWS) -> Check | None:
        """Take one answer to each of some canaries, by the canary's name; None while those are new.

        What a miner did not answer is left out: silence is not drift.
        """
        tested = []
        for name in sorted(answers):
            bag = self.bags.setdefault(name, Bag())
            warm, scores = bag.warm, bag.join(answers[name])
            if warm:
                tested.append(scores)
        if not tested:
            return None
        if self.detector.checks >= HORIZON and not self.detector.alarmed:
            self.renew(self.detector.allowance)
        p = p_value(tested, self._chance(), draws)
        found = score(p)
        self.detector = self.detector.after(found)
        self.days[day] = (*self.days.get(day, ()), found)
        for old in sorted(self.days)[:-DAYS_KEPT]:
            del self.days[old]
        return Check(p, found, self.detector.alarmed)

    def begin(self, allowance: float | None = None) -> None:
        """A new epoch, after a confirmed change: with empty bags."""
        self.bags, self.days = {}, {}
        self.detector = Detector(allowance=self.detector.allowance if allowance is None else allowance)

    def renew(self, allowance: float = ALLOWANCE) -> None:
        """Another month with the same bags: after an alarm that was not confirmed; after HORIZON checks by itself."""
        self.detector = Detector(allowance=allowance)

    def state(self) -> MonitorState:
        """To be stored; ``restored`` gives back a monitor that goes on as this one would."""
        bags = {
            name: BagState(sketches=tuple(bag.sketches), sums=tuple(bag.sums))
            for name, bag in sorted(self.bags.items())
        }
        return MonitorState(seed=self.seed, detector=self.detector, bags=bags, days=dict(self.days))

    def _chance(self) -> random.Random:
        """Of this check alone: it needs no state, and a repeated check draws alike."""
        answers = sum(len(bag.sketches) for bag in self.bags.values())
        place = f"drift/{self.seed}/{answers}"
        return random.Random(sha256(place.encode()).digest())  # noqa: S311  # repeatable; the seed is the secret


def restored(text: str) -> Monitor:
    """A monitor whose state was stored as JSON. Raises StateProblem (another version), ValueError (it is none)."""
    state = MonitorState.model_validate_json(text)
    if state.version != VERSION:
        raise StateProblem(f"this is version {VERSION} of a drift monitor's state; the stored one is {state.version}")
    bags = {name: Bag(list(one.sketches), list(one.sums)) for name, one in state.bags.items()}
    return Monitor(state.seed, state.detector, bags, dict(state.days))

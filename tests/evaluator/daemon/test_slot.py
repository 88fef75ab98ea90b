"""A slot of a worker: who runs when, what is claimed ahead, and what is left when it ends."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import pytest

from evaluator.daemon.queue import Claim, Claimed, Owner
from evaluator.daemon.slot import Held, Ready, Slot, Turn
from evaluator.protocol import Problem
from sandbox.protocol import Execution, Program

PROGRAM = Program(language="python", source=b"")


def claim(*numbers: int) -> Claim:
    return Claim("t", "s", "a", tuple(Claimed(number, 1, "Test/0", "", str(number), 1) for number in numbers))


class Lease:
    """It is held up at the numbers in ``gates`` until they are opened, and notes what runs and whether two ever do."""

    def __init__(self) -> None:
        self.gates: dict[int, asyncio.Event] = {}
        self.began: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self.running: list[int] = []
        self.ran: list[int] = []
        self.most = 0

    async def run(self, number: int) -> None:
        self.running.append(number)
        self.began[number].set()
        self.most = max(self.most, len(self.running))
        try:
            await self.gates[number].wait() if number in self.gates else await asyncio.sleep(0)
            self.ran.append(number)
        finally:
            self.running.remove(number)

    async def execute(self, program: Program) -> Execution:
        await self.run(int(program.source))
        return Execution(language="python", version="", image="", compile=None, runs=())


class Work:
    """A worker with scripted claims."""

    def __init__(self, addition: Problem, *claims: Claim, ahead: int = 8) -> None:
        self.stopping = asyncio.Event()
        self.asked = asyncio.Event()
        """Somebody wanted more."""
        self.judged: list[int] = []
        self._addition, self._claims, self._ahead = addition, list(claims), ahead

    def ahead(self) -> int:
        return self._ahead

    async def more(self, owner: Owner) -> Claim | None:
        assert owner == ("s", "a")
        self.asked.set()
        return self._claims.pop(0) if self._claims else None

    def read(self, held: Held, portion: Sequence[Claimed]) -> list[Ready]:
        return [Ready(held, one, self._addition, None) for one in portion]

    async def judge(self, ready: Ready, turn: Turn) -> None:
        await turn.execute(PROGRAM.model_copy(update={"source": ready.claimed.completion.encode()}))
        self.judged.append(ready.claimed.id)


async def test_each_is_judged_once_and_two_never_run_at_once(addition: Problem) -> None:
    lease, work = Lease(), Work(addition, claim(*range(40, 60)))
    slot = Slot(work, claim(*range(40)))
    await slot.work(lease)
    assert sorted(work.judged) == list(range(60))
    assert lease.most == 1
    assert slot.unfinished == 0


async def test_more_is_claimed_while_the_last_ones_run(addition: Problem) -> None:
    lease, work = Lease(), Work(addition, claim(3))
    lease.gates[1] = work.asked
    await asyncio.wait_for(Slot(work, claim(1, 2)).work(lease), 30)
    assert sorted(work.judged) == [1, 2, 3]


async def test_what_takes_long_is_left_to_whoever_is_idle(addition: Problem) -> None:
    lease, work = Lease(), Work(addition, ahead=0)
    lease.gates[2] = asyncio.Event()
    working = asyncio.create_task(Slot(work, claim(1, 2)).work(lease))
    await asyncio.wait_for(lease.began[2].wait(), 30)
    assert not work.asked.is_set()
    lease.gates[2].set()
    await asyncio.wait_for(working, 30)
    assert work.asked.is_set()


async def test_what_is_not_ours_any_more_is_stopped_and_the_others_go_on(addition: Problem) -> None:
    lease, work = Lease(), Work(addition)
    lease.gates[1] = asyncio.Event()
    slot = Slot(work, claim(1, 2, 3, 4))
    working = asyncio.create_task(slot.work(lease))
    await asyncio.wait_for(lease.began[1].wait(), 30)
    for held in slot.held:
        held.keep({2, 4})
    await asyncio.wait_for(working, 30)
    assert (sorted(lease.ran), slot.unfinished) == ([2, 4], 0)


async def test_when_it_is_to_stop_what_runs_is_finished_and_the_rest_is_left(addition: Problem) -> None:
    lease, work = Lease(), Work(addition, claim(5))
    lease.gates[1] = asyncio.Event()
    slot = Slot(work, claim(1, 2, 3, 4))
    working = asyncio.create_task(slot.work(lease))
    await asyncio.wait_for(lease.began[1].wait(), 30)
    work.stopping.set()
    lease.gates[1].set()
    await asyncio.wait_for(working, 30)
    assert lease.ran == [1], "the second waited for its turn"
    assert {number for held in slot.held for number in held.unfinished} >= {2, 3, 4}


async def test_what_fails_ends_it_and_nothing_is_forgotten(addition: Problem) -> None:
    class Away(Lease):
        async def run(self, number: int) -> None:
            raise ConnectionError(number)

    slot = Slot(Work(addition), claim(1, 2, 3))
    with pytest.raises(ConnectionError):
        await slot.work(Away())
    assert slot.unfinished == 3

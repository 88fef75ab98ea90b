"""Who runs next. No container: tasks that hold a slot until they are told to give it back."""

import asyncio
from collections.abc import Callable

import pytest

from sandbox.errors import QueueFull, WaitedTooLong
from sandbox.server.queue import Queue
from sandbox.server.tenant import Kind, Tenant

ALICE, BOB, CAROL = (Tenant(Kind.KEY, name) for name in ("alice", "bob", "carol"))
VISITORS = [Tenant(Kind.ANONYMOUS, f"10.0.0.{number}") for number in range(3)]


class Scene:
    """Programs that ask for a slot, and keep it until they are told to end."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.began: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.ends: dict[str, asyncio.Event] = {}

    async def ask(self, tenant: Tenant, name: str, seconds: float | None = 60) -> None:
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(tenant, name, seconds))
        await settle()

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await self.tasks[name]
        await settle()

    async def cancel(self, *names: str) -> None:
        for name in names:
            self.tasks[name].cancel()
        await asyncio.gather(*(self.tasks[name] for name in names), return_exceptions=True)
        await settle()

    async def _run(self, tenant: Tenant, name: str, seconds: float | None) -> None:
        async with self.queue.turn(tenant, seconds):
            self.began.append(name)
            await self.ends[name].wait()


async def settle() -> None:
    """Let every task get as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def scene() -> Callable[..., Scene]:
    return lambda slots=1, length=100: Scene(Queue(slots, length))


async def test_no_more_run_than_there_are_slots(scene: Callable[..., Scene]) -> None:
    one = scene(slots=2)
    for name in "abc":
        await one.ask(ALICE, name)
    assert (one.began, one.queue.at_work, one.queue.waiting) == (["a", "b"], 2, 1)
    await one.end("b")
    assert one.began == ["a", "b", "c"]
    await one.end("a")
    await one.end("c")
    assert (one.queue.at_work, one.queue.waiting) == (0, 0)


async def test_tenants_take_turns_whoever_came_first(scene: Callable[..., Scene]) -> None:
    one = scene()
    for name in ("a1", "a2", "a3", "a4"):
        await one.ask(ALICE, name)
    for tenant, name in ((BOB, "b1"), (BOB, "b2"), (CAROL, "c1")):
        await one.ask(tenant, name)
    for _ in range(6):
        await one.end(one.began[-1])
    assert one.began == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_who_has_fewer_at_work_goes_first(scene: Callable[..., Scene]) -> None:
    one = scene(slots=3)
    for name in ("a1", "a2", "a3", "a4", "a5"):
        await one.ask(ALICE, name)
    await one.ask(BOB, "b1")
    await one.ask(BOB, "b2")
    await one.end("a1")
    assert one.began[3:] == ["b1"]
    await one.end("b1")
    assert one.began[3:] == ["b1", "b2"]  # Alice still has two slots, Bob none


async def test_visitors_share_one_line_and_take_turns_in_it(scene: Callable[..., Scene]) -> None:
    one = scene()
    await one.ask(ALICE, "a1")
    for visitor, name in zip((*VISITORS, VISITORS[0]), ("v0", "v1", "v2", "v0 again"), strict=True):
        await one.ask(visitor, name)
    await one.ask(ALICE, "a2")
    await one.ask(ALICE, "a3")
    for _ in range(6):
        await one.end(one.began[-1])
    assert one.began == ["a1", "v0", "a2", "v1", "a3", "v2", "v0 again"]


async def test_a_full_queue_is_said_at_once_with_when_to_come_back(scene: Callable[..., Scene]) -> None:
    one = scene(length=4)
    for number in range(3):
        await one.ask(ALICE, f"a{number}")
    with pytest.raises(QueueFull) as refused:
        one.queue.refuse_if_full(ALICE)
    assert refused.value.retry_after >= 1
    with pytest.raises(QueueFull):
        async with one.queue.turn(ALICE, 60):
            pytest.fail("it was let in")


async def test_one_tenant_cannot_fill_the_queue_for_another(scene: Callable[..., Scene]) -> None:
    one = scene(length=8)
    for number in range(10):
        await one.ask(ALICE, f"a{number}")
    assert one.queue.waiting == 4
    await one.ask(BOB, "b")
    assert one.queue.waiting == 5
    for name, task in one.tasks.items():
        assert task.done() == (name in ("a5", "a6", "a7", "a8", "a9")), name
        if task.done():
            assert isinstance(task.exception(), QueueFull)


async def test_who_waits_too_long_is_told_and_leaves_the_queue(scene: Callable[..., Scene]) -> None:
    one = scene()
    await one.ask(ALICE, "a")
    with pytest.raises(WaitedTooLong) as told:
        async with one.queue.turn(BOB, 0.01):
            pytest.fail("it was let in")
    assert told.value.retry_after >= 1
    assert one.queue.waiting == 0
    await one.end("a")
    assert one.queue.at_work == 0


async def test_part_of_an_accepted_request_is_never_refused(scene: Callable[..., Scene]) -> None:
    one = scene(length=1)
    await one.ask(ALICE, "a")
    for number in range(5):
        await one.ask(ALICE, f"part {number}", None)
    assert one.queue.waiting == 5


async def test_who_stops_waiting_leaves_no_trace(scene: Callable[..., Scene]) -> None:
    one = scene()
    for name in ("a", "b", "c"):
        await one.ask(ALICE, name)
    await one.cancel("b")
    assert one.queue.waiting == 1
    await one.end("a")
    assert one.began == ["a", "c"]


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")], ids=["the holder first", "the next one first"])
async def test_a_slot_is_not_lost_when_holder_and_next_stop_together(
    names: tuple[str, str], scene: Callable[..., Scene]
) -> None:
    one = scene()
    for name in ("a", "b", "c"):
        await one.ask(ALICE, name)
    await one.cancel(*names)
    assert (one.began, one.queue.at_work, one.queue.waiting) == (["a", "c"], 1, 0)


async def test_a_slot_is_not_lost_when_the_next_one_stops_just_as_it_is_called(scene: Callable[..., Scene]) -> None:
    one = scene()
    for name in ("a", "b", "c"):
        await one.ask(ALICE, name)
    one.ends["a"].set()
    await one.tasks["a"]  # b is called, and has not heard it yet
    await one.cancel("b")
    assert one.began in (["a", "c"], ["a", "b", "c"])
    assert (one.queue.at_work, one.queue.waiting) == (1, 0)

"""Problems made in processes of their own: each takes some hundredths of a second of CPU, in which nothing is timed."""

import asyncio
import contextlib
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, field

from validator.errors import NoWorkshop, ValidatorError
from validator.problems.bench import LENGTH_BYTES
from validator.problems.protocol import Made, Recipe

KEPT = 512
"""Problems that are remembered: most are asked for again, when they are judged. Some 100 kB each."""
Asked = tuple[Recipe, bytes]
"""A recipe, and whose variant of it."""


@dataclass(slots=True)
class Workshop:
    """Makes problems, as many at once as it has benches. Use ``open_workshop``."""

    benches: int
    _idle: list[Process] = field(default_factory=list)
    _kept: OrderedDict[Asked, Made] = field(default_factory=OrderedDict)
    _turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.benches)

    async def make(self, recipe: Recipe, variant: bytes = b"") -> Made:
        """What ``kinds.make`` makes. Raises the same, and NoWorkshop."""
        asked = recipe, variant
        if asked not in self._kept:
            async with self._turns:
                self._kept[asked] = await self._make(recipe, variant)
        self._kept.move_to_end(asked)
        made = self._kept[asked]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made

    async def all(self, asked: Iterable[Asked]) -> AsyncGenerator[Made | ValidatorError, None]:
        """Each of them in their order, the next ones in the making while one is looked at. Raises NoWorkshop."""
        ahead: asyncio.Queue[asyncio.Task[Made | ValidatorError]] = asyncio.Queue()
        waiting = iter(asked)
        try:
            for recipe, variant in waiting:
                ahead.put_nowait(asyncio.create_task(self._tried(recipe, variant)))
                if ahead.qsize() > 2 * self.benches:
                    yield await ahead.get_nowait()
            while not ahead.empty():
                yield await ahead.get_nowait()
        finally:
            while not ahead.empty():
                left = ahead.get_nowait()
                left.cancel()
                with contextlib.suppress(asyncio.CancelledError, ValidatorError):
                    await left

    async def close(self) -> None:
        """End all processes."""
        while self._idle:
            await _end(self._idle.pop())

    async def _tried(self, recipe: Recipe, variant: bytes) -> Made | ValidatorError:
        try:
            return await self.make(recipe, variant)
        except NoWorkshop:
            raise
        except ValidatorError as error:
            return error

    async def _make(self, recipe: Recipe, variant: bytes) -> Made:
        bench = self._idle.pop() if self._idle else await _started()
        try:
            answer = await _asked(bench, recipe, variant)
        except BaseException:
            # An answer that nobody waited for would be taken for the next one's.
            with contextlib.suppress(ProcessLookupError):
                bench.kill()
            await asyncio.shield(_end(bench))
            raise
        self._idle.append(bench)
        if isinstance(answer, ValidatorError):
            raise answer
        return answer


@contextlib.asynccontextmanager
async def open_workshop(benches: int | None = None) -> AsyncIterator[Workshop]:
    """A workshop with ``benches`` processes, one for each core unless given. They are gone when the context ends."""
    workshop = Workshop(benches or len(os.sched_getaffinity(0)))
    try:
        yield workshop
    finally:
        await workshop.close()


async def _started() -> Process:
    # A session of its own: a Ctrl-C at the terminal is for us, and our end is the end of its standard input.
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "validator.problems.bench"), stdin=PIPE, stdout=PIPE, start_new_session=True
    )


async def _asked(bench: Process, recipe: Recipe, variant: bytes) -> Made | ValidatorError:
    assert bench.stdin is not None
    assert bench.stdout is not None
    try:
        bench.stdin.write(f"{variant.hex()} {recipe.model_dump_json()}\n".encode())
        await bench.stdin.drain()
        length = int.from_bytes(await bench.stdout.readexactly(LENGTH_BYTES), "big")
        answer: Made | ValidatorError = pickle.loads(await bench.stdout.readexactly(length))  # noqa: S301  our own
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        raise NoWorkshop(f"the process that was to make {recipe.name} ended before it had") from error
    return answer


async def _end(bench: Process) -> None:
    assert bench.stdin is not None
    bench.stdin.close()
    await bench.wait()

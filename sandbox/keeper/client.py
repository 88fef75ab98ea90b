"""The asker's end of a keeper: frames flow past it, over descriptors that it hands us.

A keeper that dies is followed by another one. What it had been asked is asked again, but for a start, which may have
been half done: that is EngineUnavailable, and whoever waits for a container asks for another.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Set
from itertools import count

from sandbox import owner
from sandbox.agent.walls import Wall
from sandbox.engine import NO_WALLS_DOWN
from sandbox.errors import ContainerLost, EngineUnavailable, SandboxError
from sandbox.image import Image
from sandbox.keeper import Condition, Opened
from sandbox.keeper import protocol as words
from sandbox.keeper import wire as wires
from sandbox.keeper.protocol import Answer, KeeperLost
from sandbox.keeper.wire import Wire
from sandbox.meter import Meter
from sandbox.uids import Block

ATTEMPTS = 5
READY_SECONDS = 60.0
LEAVE_SECONDS = 30.0

Answered = tuple[Answer, list[int]]


class Client:
    """Speaks with a keeper in a process of its own, and starts it."""

    def __init__(self, runtime: str | None = None, cpus: float = 1.0) -> None:
        self._arguments = [owner.name(), str(cpus), *([runtime] if runtime else [])]
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: Wire | None = None
        self._listener: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._numbers = count(words.NOTICE + 1)
        self._waiting: dict[int, asyncio.Future[Answered]] = {}

    @property
    def without(self) -> Set[Wall]:
        """A keeper takes no wall down."""
        return NO_WALLS_DOWN

    async def open(self) -> None:
        """Start a keeper, unless one is there. Raises EngineUnavailable."""
        async with self._opening:
            if self._wire is None:
                await self._begin()

    async def close(self) -> None:
        """Have it leave, and wait until it has."""
        if self._wire is not None:
            with contextlib.suppress(ConnectionError):
                await self._wire.send(_packed(next(self._numbers), words.Close()))
        await self._end()

    async def find(self, wanted: Iterable[str]) -> Image:
        """See Keeper."""
        answer, _ = await self._ask(words.Find(wanted=tuple(wanted)))
        assert isinstance(answer.value, Image)
        return answer.value

    async def start(self, image: str, memory_bytes: int) -> Opened:
        """See Keeper."""
        answer, descriptors = await self._ask(words.Start(image=image, memory_bytes=memory_bytes))
        started = answer.value
        assert isinstance(started, words.Started)
        held = dict(zip(started.descriptors, descriptors, strict=True))
        meter = Meter(held.get("cpu"), held.get("memory"), held.get("peak"), unified=started.unified)
        attached = socket.socket(fileno=held["attached"])
        return Opened(started.name, attached, Block(started.first_uid, held["lock"]), meter)

    async def shortcut(self, name: str) -> socket.socket | None:
        """See Keeper."""
        _, descriptors = await self._ask(words.Shortcut(name=name))
        return socket.socket(fileno=descriptors[0]) if descriptors else None

    async def resize(self, name: str, memory_bytes: int, processes: int) -> None:
        """See Keeper."""
        try:
            await self._ask(words.Resize(name=name, memory_bytes=memory_bytes, processes=processes))
        except EngineUnavailable as error:
            raise ContainerLost(f"its limits could not be set: {error}") from error

    async def ran_out_of_memory(self, name: str, since: float) -> bool:
        """See Keeper. Where no keeper is, nobody has heard of it."""
        with contextlib.suppress(EngineUnavailable):
            answer, _ = await self._ask(words.RanOutOfMemory(name=name, since=since))
            return answer.value is True
        return False

    async def remove(self, name: str) -> None:
        """See Keeper. Where no keeper is, a container whose agent was left removes itself."""
        with contextlib.suppress(EngineUnavailable):
            await self._ask(words.Remove(name=name))

    async def forget(self, image: str) -> None:
        """See Keeper."""
        await self._ask(words.Forget(image=image))

    async def condition(self, image: str) -> Condition:
        """See Keeper."""
        answer, _ = await self._ask(words.AskCondition(image=image))
        assert isinstance(answer.value, Condition)
        return answer.value

    async def _ask(self, question: words.Question) -> Answered:
        """What is answered, in the end. Raises what it tells of."""
        attempts = 1 if isinstance(question, words.Start) else ATTEMPTS
        for _ in range(attempts - 1):
            with contextlib.suppress(KeeperLost):
                return await self._ask_once(question)
        return await self._ask_once(question)

    async def _ask_once(self, question: words.Question) -> Answered:
        await self.open()
        assert self._wire is not None
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._wire.send(_packed(number, question))
            return await self._waiting[number]
        except ConnectionError as error:
            raise KeeperLost("the keeper is gone") from error
        finally:
            del self._waiting[number]

    async def _begin(self) -> None:
        """Start one, and wait for its first word."""
        await self._end()
        ours, theirs = wires.pair()
        with theirs:
            command = [sys.executable, "-m", "sandbox.keeper", str(theirs.fileno()), *self._arguments]
            # A session of its own: a Ctrl-C at the terminal, or a kill of our group, is for us to act upon.
            self._process = await asyncio.to_thread(
                subprocess.Popen,
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        wire = Wire(ours)
        try:
            async with asyncio.timeout(READY_SECONDS):
                packet, _ = await wire.receive()
            Answer.model_validate_json(packet).raise_error()
        except BaseException as error:
            wire.close()
            if isinstance(error, (EOFError, TimeoutError)):
                raise EngineUnavailable("no keeper could be started") from error
            raise
        self._wire = wire
        self._listener = asyncio.create_task(self._listen(wire))

    async def _listen(self, wire: Wire) -> None:
        """Hand out answers until the keeper, and the one that keeps it, are gone."""
        try:
            while True:
                packet, descriptors = await wire.receive()
                answer = Answer.model_validate_json(packet)
                if answer.number == words.NOTICE:
                    self._fail_all(answer)
                else:
                    self._hand_out(answer, descriptors)
        except EOFError:
            pass
        finally:
            self._wire = None
            wire.close()
            self._fail_all(Answer.of_error(words.NOTICE, KeeperLost("the keeper is gone")))

    def _hand_out(self, answer: Answer, descriptors: list[int]) -> None:
        waiting = self._waiting.get(answer.number)
        if waiting is None or waiting.done():
            for descriptor in descriptors:  # nobody waits for it any more: its agent hears that, and leaves
                os.close(descriptor)
            return
        try:
            answer.raise_error()
        except SandboxError as error:
            waiting.set_exception(error)
        else:
            waiting.set_result((answer, descriptors))

    def _fail_all(self, notice: Answer) -> None:
        try:
            notice.raise_error()
        except SandboxError as error:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(type(error)(*error.args))

    async def _end(self) -> None:
        """Let go of the keeper that was there: it leaves when it is told to, or when we hang up."""
        if self._listener is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await asyncio.shield(self._listener)
            self._listener.cancel()
            self._listener = None
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)
            self._process = None


def _packed(number: int, question: words.Question) -> bytes:
    return words.Asked(number=number, question=question).model_dump_json().encode()

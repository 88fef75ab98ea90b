"""The keeper's own process: the one that may speak with the engine, for the one that serves strangers.

What it believes of its asker: nothing but what a sandbox needs. Containers must be its asker's, images a sandbox's; how
a container is confined is not the asker's to say. It leaves when its asker does.

``python -m sandbox.keeper.server DESCRIPTOR OWNER [RUNTIME]`` is started by ``sandbox.keeper.__main__``.
"""

import asyncio
import os
import sys
from contextlib import suppress
from typing import assert_never

from sandbox import engine as engines
from sandbox.engine import Engine
from sandbox.errors import BadRequest, SandboxError
from sandbox.keeper import Opened
from sandbox.keeper import protocol as words
from sandbox.keeper.inside import Inside
from sandbox.keeper.wire import Wire


class Server:
    """Answers one asker, several questions at a time."""

    def __init__(self, wire: Wire, engine: Engine) -> None:
        self._wire = wire
        self._engine = engine
        self._keeper = Inside(engine)
        self._known: set[str] = set()
        """Names and digests that were seen to be our asker's business."""

    async def serve(self) -> None:
        """Until we are told to leave. Raises EngineUnavailable at first."""
        await self._keeper.open()
        await self._wire.send(words.Answer(number=words.NOTICE).model_dump_json().encode())
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    packet, _ = await self._wire.receive()
                except EOFError:
                    os._exit(0)  # our guardian removes what is left, also what the engine is just about to create
                asked = words.Asked.model_validate_json(packet)
                if isinstance(asked.question, words.Close):
                    break
                tasks.create_task(self._answer(asked))
        await self._keeper.close()

    async def _answer(self, asked: words.Asked) -> None:
        opened: Opened | None = None
        descriptors: list[int] = []
        value: object = None
        try:
            match asked.question:
                case words.Start():
                    opened = await self._start(asked.question)
                    value, descriptors = _shown(opened)
                case words.Shortcut(name=name):
                    if connected := await self._keeper.shortcut(name):
                        descriptors = [connected.detach()]
                case question:
                    value = await self._ask(question)
            answer = words.Answer(number=asked.number, value=value)
        except SandboxError as error:
            answer = words.Answer.of_error(asked.number, error)
        try:
            with suppress(ConnectionError):  # we hear of that where we receive
                await self._wire.send(answer.model_dump_json().encode(), descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    async def _start(self, question: words.Start) -> Opened:
        await self._check_image(question.image)
        opened = await self._keeper.start(question.image, question.memory_bytes)
        self._known.add(opened.name)
        return opened

    async def _ask(self, question: words.Question) -> object:
        match question:
            case words.Find(wanted=wanted):
                return await self._keeper.find(wanted)
            case words.Resize(name=name, memory_bytes=memory_bytes, processes=processes):
                await self._check_name(name)
                await self._keeper.resize(name, memory_bytes, processes)
            case words.RanOutOfMemory(name=name, since=since):
                return await self._keeper.ran_out_of_memory(name, since)
            case words.Remove(name=name):
                await self._check_name(name)
                await self._keeper.remove(name)
                self._known.discard(name)
            case words.Forget(image=image):
                await self._check_image(image)
                self._known.discard(image)
                await self._keeper.forget(image)
            case words.AskCondition(image=image):
                return await self._keeper.condition(image)
            case words.Start() | words.Shortcut() | words.Close():
                raise BadRequest(f"not a question for here: {question!r}")
            case _:
                assert_never(question)
        return None

    async def _check_name(self, name: str) -> None:
        if name not in self._known and not await asyncio.to_thread(self._engine.owns, name):
            raise BadRequest(f"container {name} is somebody else's")

    async def _check_image(self, image: str) -> None:
        if image not in self._known and not await asyncio.to_thread(self._engine.is_sandbox, image):
            raise BadRequest(f"image {image} is no sandbox's")
        self._known.add(image)


def _shown(opened: Opened) -> tuple[words.Started, list[int]]:
    """What is told of a container, and the descriptors that go with it, which are then the caller's."""
    every = {"attached": opened.attached.detach(), "lock": opened.uids.lock, **opened.meter.descriptors}
    started = words.Started.model_validate(
        {
            "name": opened.name,
            "first_uid": opened.uids.first,
            "unified": opened.meter.unified,
            "descriptors": tuple(every),
        }
    )
    return started, list(every.values())


async def main(descriptor: int, holder: str, cpus: str, runtime: str | None = None) -> None:
    """Keep until we need not any more; say so if we cannot begin."""
    wire = Wire.of(descriptor)
    try:
        engine = Engine(await asyncio.to_thread(engines.connect), runtime, holder=holder, cpus=float(cpus))
        await Server(wire, engine).serve()
    except SandboxError as error:
        with suppress(ConnectionError):
            await wire.send(words.Answer.of_error(words.NOTICE, error).model_dump_json().encode())
        sys.exit(1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))

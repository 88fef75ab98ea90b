"""For tests of the sandbox: walls taken down, to show that an attack succeeds without them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator, Set

from sandbox import engine as engines
from sandbox import image as images
from sandbox import languages
from sandbox.agent.walls import Wall
from sandbox.engine import Engine
from sandbox.keeper.inside import Inside
from sandbox.pool import Pool


@contextlib.asynccontextmanager
async def open_weakened(
    without: Set[Wall], *, slots: int = 1, runtime: str | None = None, wanted: Iterable[str] = ("python",)
) -> AsyncIterator[Pool]:
    """A pool like ``local.open_sandbox``'s, but for the walls in ``without``. Never for strangers' code."""
    if Wall.PRIVATE_IPC in without:  # then the agent sees the host's own objects (a database's), and no run is clean
        without = without | {Wall.CHECKED_IPC}
    client = await asyncio.to_thread(engines.connect)
    try:
        image = await asyncio.to_thread(images.find, client, wanted)
        keeper = Inside(Engine(client, runtime, frozenset(without)))
        async with Pool(keeper, image, slots=slots, warm=0) as pool:
            yield pool
    finally:
        client.close()


@contextlib.contextmanager
def compiled_by(language: str, command: tuple[str, ...]) -> Iterator[None]:
    """Within the context, what is in ``language`` is compiled by ``command``: as by one who thought of no attack."""
    proper = languages.find(language)
    careless = proper.model_copy(update={"compile": command})
    names = [name for name, found in languages.by_name().items() if found is proper]
    languages.by_name().update(dict.fromkeys(names, careless))
    try:
        yield
    finally:
        languages.by_name().update(dict.fromkeys(names, proper))

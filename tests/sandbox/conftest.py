"""One pool for all the tests of a module: the engine is real, and so are the containers."""

from collections.abc import AsyncIterator

import pytest_asyncio

from sandbox import languages
from sandbox.local import open_sandbox
from sandbox.pool import Pool


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(languages.tiers()["core"]) as pool:
        yield pool

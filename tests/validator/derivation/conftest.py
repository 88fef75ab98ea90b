"""A container for derived problems."""

from collections.abc import AsyncIterator

import pytest_asyncio

from evaluator.protocol import Executor
from sandbox.local import open_sandbox


@pytest_asyncio.fixture(scope="module")
async def executor(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease

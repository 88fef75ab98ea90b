"""One small subnet, one answer book."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from miner.client import MinerClient
from miner.engines.scripted import AnswerBook, Entry, Scripted
from miner.testing import Subnet


@pytest.fixture(scope="session")
def subnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subnet]:
    made = Subnet.create(tmp_path_factory.mktemp("subnet"))
    yield made
    made.ledger.close()


@pytest.fixture(scope="session")
def book() -> AnswerBook:
    return AnswerBook(
        entries=tuple(
            Entry(
                task_id=f"Sum/{number}",
                prompt=f'def sum_{number}(a, b):\n    """Add {number} to both."""\n',
                right=f"def sum_{number}(a, b):\n    return a + b + {number}\n",
                wrong=f"def sum_{number}(a, b):\n    return a - b\n",
            )
            for number in range(20)
        )
    )


@pytest.fixture(scope="session")
def scripted(book: AnswerBook) -> Scripted:
    return Scripted(book, skill=0.5, seed=7, name="scripted")


@pytest.fixture
async def client(subnet: Subnet) -> AsyncIterator[MinerClient]:
    async with httpx.AsyncClient() as http:
        yield MinerClient(http, subnet.validator)

"""Every program of the corpus has the outcome that it must have, one after another in the same lease."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox import corpus, languages
from sandbox.lease import Lease
from sandbox.pool import Pool

CORPUS = Path(__file__).parent.parent / "corpus"
CASES = sorted(path.parent for path in CORPUS.glob("*/*/case.toml") if path.parent.parent.name in languages.catalogue())


def test_every_language_has_a_corpus() -> None:
    required = {"hello", "echo-bytes", "arguments", "stdin-by-name", "exit-code", "infinite-loop", "memory", "output"}
    for name in languages.catalogue():
        assert required <= {case.name for case in CASES if case.parent.name == name}, name


@pytest_asyncio.fixture(scope="module")
async def shared(sandbox: Pool) -> AsyncIterator[Lease]:
    async with sandbox.lease() as lease:
        yield lease


@pytest.mark.parametrize("directory", CASES, ids=lambda path: f"{path.parent.name}-{path.name}")
async def test_has_the_outcome_it_must_have(directory: Path, shared: Lease) -> None:
    case, program = corpus.load(directory)
    assert corpus.differences(case, await shared.execute(program)) == []

"""Every program of the corpus has the outcome that it must have, one after another in the same lease."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox import corpus, languages
from sandbox.lease import Lease
from sandbox.pool import Pool

CASES = [case for name in languages.catalogue() for case in corpus.cases(name)]
REQUIRED = {
    "hello", "echo-bytes", "arguments", "stdin-by-name", "syntax-error", "uncaught", "exit-code", "signal",
    "infinite-loop", "sleeper", "cpu-in-children", "memory", "memory-in-50", "output", "many-writes", "unicode",
}  # fmt: skip
REQUIRED_OF_TESTS = {"passing", "failing", "syntax-error", "infinite-loop"}


@pytest.mark.parametrize("language", languages.catalogue().values(), ids=lambda language: language.name)
def test_has_a_corpus(language: languages.Language) -> None:
    required = REQUIRED_OF_TESTS if language.tests_of else REQUIRED
    assert required - {case.name for case in corpus.cases(language.name)} == set()


@pytest_asyncio.fixture(scope="module")
async def shared(sandbox: Pool) -> AsyncIterator[Lease]:
    async with sandbox.lease() as lease:
        yield lease


@pytest.mark.parametrize("directory", CASES, ids=lambda path: f"{path.parent.name}-{path.name}")
async def test_has_the_outcome_it_must_have(directory: Path, shared: Lease) -> None:
    case, program = corpus.load(directory)
    assert corpus.differences(case, await shared.execute(program)) == []

"""Every program of the corpus has the outcome that it must have, in one lease after another's leavings."""

from pathlib import Path

import pytest

from sandbox import corpus, languages
from sandbox.pool import Pool

CORPUS = Path(__file__).parent.parent / "corpus"
CASES = sorted(path.parent for path in CORPUS.glob("*/*/case.toml") if path.parent.parent.name in languages.catalogue())


def test_every_language_has_a_corpus() -> None:
    required = {"hello", "echo-bytes", "arguments", "stdin-by-name", "exit-code", "infinite-loop", "memory", "output"}
    for name in languages.catalogue():
        assert required <= {case.name for case in CASES if case.parent.name == name}, name


@pytest.mark.parametrize("directory", CASES, ids=lambda path: f"{path.parent.name}-{path.name}")
async def test_has_the_outcome_it_must_have(directory: Path, sandbox: Pool) -> None:
    case, program = corpus.load(directory)
    async with sandbox.lease() as lease:
        execution = await lease.execute(program)
    assert corpus.differences(case, execution) == []

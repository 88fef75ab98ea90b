"""The self-test of an image: every program of the corpus, and what it was seen to do otherwise than it must."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import corpus
from sandbox.pool import Pool


@dataclass(slots=True)
class Report:
    """How one language did."""

    language: str
    version: str = "?"
    cases: int = 0
    failures: dict[str, list[str]] = field(default_factory=dict)
    """Differences, in words, by the name of the case."""


async def check(pool: Pool, names: Iterable[str]) -> list[Report]:
    """Run the corpora of the languages called ``names``, each program in a container of its own.

    Raises EngineUnavailable, ContainerLost.
    """
    reports = [Report(name) for name in names]
    async with asyncio.TaskGroup() as group:
        for report in reports:
            for directory in corpus.cases(report.language):
                group.create_task(_check(pool, directory, report))
    return reports


async def _check(pool: Pool, directory: Path, report: Report) -> None:
    case, program = corpus.load(directory)
    async with pool.lease() as lease:
        execution = await lease.execute(program)
    report.version = execution.version
    report.cases += 1
    if differences := corpus.differences(case, execution):
        report.failures[directory.name] = differences

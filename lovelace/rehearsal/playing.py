"""One round of a network whose miners' skills are known."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lovelace.rehearsal.answers import Author, secret
from lovelace.rehearsal.network import TEMPO, VALIDATOR, create_keys, open_network
from miner.engines.scripted import AnswerBook
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator import daemon
from validator.problems.choosing import slots
from validator.problems.verifying import fill
from validator.problems.workshop import Workshop, open_workshop
from validator.progress import Progress
from validator.protocol import Plan, Result
from validator.rounds import Report
from validator.settings import Settings
from validator.store import Store


@dataclass(frozen=True, slots=True)
class Play:
    """What is rehearsed, and where its files may be."""

    directory: Path
    plan: Plan
    skills: tuple[float, ...]
    copier: bool
    """One more miner answers with what is right for the last of the others."""

    @property
    def all_skills(self) -> tuple[float, ...]:
        """A copier never doubts what it has copied."""
        return (*self.skills, 1.0) if self.copier else self.skills


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. ``skills`` and ``incentives`` are by uid, ``copier`` is the uid of one."""

    report: Report
    results: tuple[Result, ...]
    skills: Mapping[int, float]
    incentives: Mapping[int, float]
    copier: int | None

    def json(self) -> str:
        """Everything."""
        return json.dumps(self._facts(), indent=1)

    def _facts(self) -> dict[str, Any]:
        return {
            "plan": asdict(self.report.round.plan),
            "miners": [
                {
                    **asdict(score),
                    "known_skill": self.skills[score.miner.uid],
                    "copier": score.miner.uid == self.copier,
                    "weight": self.report.weights.get(score.miner.uid, 0.0),
                    "incentive": self.incentives[score.miner.uid],
                }
                for score in self.report.scores
            ],
            "verdicts": [
                {
                    "uid": r.miner.uid,
                    "task_id": r.task_id,
                    "statuses": [verdict.status for verdict in r.verdicts],
                    "worths": [verdict.worth for verdict in r.verdicts],
                }
                for r in self.results
            ],
            "notes": list(self.report.notes),
        }


async def play(played: Play, progress: Progress) -> Outcome:
    """Run the round, and show its leaderboard. Raises what ``Validator.run_round`` raises, and RehearsalError."""
    plan, directory = played.plan, played.directory
    async with open_sandbox(plan.languages) as sandbox, open_workshop() as workshop:
        hotkeys = create_keys(directory, len(played.all_skills), plan.seed)
        books = await write_books(plan, hotkeys, sandbox, workshop, progress.watch, copier=played.copier)
        with open_network(directory, played.all_skills, books, plan.seed) as network:
            settings = Settings(
                key=directory / VALIDATOR, ledger=network.ledger_path, database=directory / "validator.db",
            )  # fmt: skip
            Store(settings.database, secret(plan.seed)).close()
            async with daemon.open_validator(settings, network.ledger, sandbox, workshop, progress.watch) as validator:
                report = await validator.run_round(plan)
                results = validator.store.results(report.round)
            network.ledger.skip(TEMPO)
            incentives = {neuron.uid: neuron.incentive for neuron in network.ledger.metagraph().neurons}
    progress.show(report, incentives, network.skills)
    return Outcome(report, results, network.skills, incentives, max(network.skills) if played.copier else None)


async def write_books(
    plan: Plan,
    hotkeys: Sequence[str],
    sandbox: Pool,
    workshop: Workshop,
    watch: Callable[[str, int, int], None] = lambda *_: None,
    *,
    copier: bool = False,
) -> list[AnswerBook]:
    """An answer book for each miner; if there is a copier, it is the last one, and copies from the one before."""
    places = slots(plan.seed, plan.problems, plan.shares, plan.languages)
    async with sandbox.lease() as lease:
        recipes = await fill(places, workshop, lease, lambda *_: None, lambda _: None)
    author = Author(workshop, secret(plan.seed), recipes)
    books = []
    for number, hotkey in enumerate(hotkeys, 1):
        copies = copier and number == len(hotkeys)
        books.append(await author.write(hotkey, hotkeys[-2] if copies else ""))
        watch("answers prepared", number, len(hotkeys))
    return books

"""``lovelace rehearse``: the whole network on one machine, one round, and whether weights followed skill."""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from evaluator.protocol import Problem
    from miner.engines.scripted import AnswerBook
    from sandbox.pool import Pool
    from validator.progress import Progress
    from validator.protocol import Result
    from validator.rounds import Report

WEAKEST, STRONGEST = 0.2, 0.9


def rehearse(
    miners: Annotated[int, typer.Option(min=1, max=64, help="Of skills from 0.2 to 0.9.")] = 4,
    problems: Annotated[int, typer.Option(min=1, max=164)] = 20,
    samples: Annotated[int, typer.Option(min=1, max=128, help="Completions for each problem.")] = 5,
    seed: Annotated[int, typer.Option(help="The same seed gives the same verdicts.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything to this file.")] = None,
) -> None:
    """Run one validator and MINERS miners through a round, and show the leaderboard."""
    from validator.progress import Progress

    with tempfile.TemporaryDirectory(prefix="lovelace-") as directory, Progress() as progress:
        outcome = asyncio.run(_rehearse(Path(directory), skills(miners), problems, samples, seed, progress))
    if json_file:
        _write(json_file, json.dumps(outcome, indent=1))


def skills(miners: int) -> list[float]:
    """As many skills as there are miners, evenly from the weakest to the strongest."""
    step = (STRONGEST - WEAKEST) / max(miners - 1, 1)
    return [round(WEAKEST + step * number, 2) for number in range(miners)]


async def _rehearse(
    directory: Path, known: list[float], problems: int, samples: int, seed: int, progress: "Progress"
) -> dict[str, Any]:
    from lovelace.rehearsal.network import TEMPO, open_network
    from sandbox.local import open_sandbox
    from validator import daemon
    from validator.problems import choose
    from validator.settings import Settings

    async with open_sandbox(["python"]) as sandbox:
        book = await _prepare(sandbox, choose(seed, problems), seed, progress)
        with open_network(directory, known, book, seed) as network:
            settings = Settings(
                key=network.validator_key, ledger=network.ledger_path, database=directory / "validator.db",
                problems=problems, samples=samples, seed=seed,
            )  # fmt: skip
            async with daemon.open_validator(settings, network.ledger, sandbox, progress.watch) as validator:
                report = await validator.run_round(daemon.plan(settings, seed))
                results = validator.store.results(report.round)
            network.ledger.skip(TEMPO)
            incentives = {neuron.uid: neuron.incentive for neuron in network.ledger.metagraph().neurons}
    progress.show(report, incentives, network.skills)
    _tell(report, network.skills)
    return _outcome(report, results, network.skills, incentives)


def _write(path: Path, text: str) -> None:
    from lovelace.rehearsal.errors import RehearsalError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RehearsalError(f"cannot write {path}: {error.strerror}") from error


async def _prepare(sandbox: "Pool", problems: "tuple[Problem, ...]", seed: int, progress: "Progress") -> "AnswerBook":
    from lovelace.rehearsal.answers import write_book

    async with sandbox.lease() as lease:
        return await write_book(problems, lease, seed, progress.watch)


def _tell(report: "Report", known: Mapping[int, float]) -> None:
    by_skill = sorted(known, key=lambda uid: known[uid])
    weights = [report.weights.get(uid, 0.0) for uid in by_skill]
    follow = all(low < high for low, high in pairwise(weights))
    print(f"weights sum to {sum(weights):.6f} and {'follow' if follow else 'do NOT follow'} the miners' skills")


def _outcome(
    report: "Report", results: "tuple[Result, ...]", known: Mapping[int, float], incentives: Mapping[int, float]
) -> dict[str, Any]:
    return {
        "plan": asdict(report.round.plan),
        "miners": [
            {
                **asdict(score),
                "known_skill": known[score.miner.uid],
                "weight": report.weights.get(score.miner.uid, 0.0),
                "incentive": incentives[score.miner.uid],
            }
            for score in report.scores
        ],
        "verdicts": [
            {"uid": r.miner.uid, "task_id": r.task_id, "statuses": [verdict.status for verdict in r.verdicts]}
            for r in results
        ],
        "notes": list(report.notes),
    }

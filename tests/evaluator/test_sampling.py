"""Samples from an OpenAI-compatible server: a scripted engine behind real HTTP."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from evaluator.errors import CannotWrite, NoSamples
from evaluator.protocol import Problem
from evaluator.sampling import ATTEMPTS, Model, Server, sample
from miner.engines.scripted import AnswerBook, Entry, Scripted
from miner.protocol import ChatRequest
from miner.testing import chat, served

PROBLEMS = [
    Problem(
        task_id=f"Sum/{number}",
        prompt=f'def sum_{number}(a, b):\n    """Add {number} to both."""\n',
        entry_point=f"sum_{number}",
        tests="def check(candidate): assert candidate(1, 1)",
        canonical_solution="",
    )
    for number in range(5)
]
BOOK = AnswerBook(
    entries=tuple(
        Entry(task_id=p.task_id, prompt=p.prompt, right=f"{p.prompt}    return a + b\n", wrong=f"{p.prompt}    pass\n")
        for p in PROBLEMS
    )
)


class Upstream:
    """An OpenAI-compatible server over a scripted engine; ``busy`` answers come before any other."""

    def __init__(self) -> None:
        self.engine = Scripted(BOOK, skill=0.5, seed=7, name="scripted", delay_seconds=0.01)
        self.knows_n = True
        self.busy: list[Response] = []
        self.answer: Response | None = None
        self.asked: list[ChatRequest] = []
        self.keys: set[str | None] = set()
        self.at_work = self.most_at_work = 0

    def app(self) -> FastAPI:
        server = FastAPI()

        @server.get("/v1/models")
        async def models() -> dict[str, Any]:
            return {"object": "list", "data": [{"id": "scripted", "object": "model"}]}

        @server.post("/v1/chat/completions", response_model=None)
        async def complete(request: Request) -> Response:
            asked = ChatRequest.model_validate_json(await request.body())
            self.asked.append(asked)
            self.keys.add(request.headers.get("Authorization"))
            if self.busy:
                return self.busy.pop()
            if self.answer is not None:
                return self.answer
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            answer = await chat(self.engine, asked if self.knows_n else asked.model_copy(update={"n": 1}))
            self.at_work -= 1
            return Response(answer.model_dump_json())

        return server


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def model(upstream: Upstream) -> Iterator[Model]:
    with served(upstream.app()) as address:
        yield Model(f"{address}/v1", "scripted", n=3, temperature=0.3, max_tokens=99, concurrency=2, seed=40)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def ignored(_: int) -> None: ...


async def test_every_problem_gets_its_samples_and_each_says_what_it_is_of(
    upstream: Upstream, model: Model, tmp_path: Path
) -> None:
    counted: list[int] = []
    assert await sample(PROBLEMS, model, tmp_path / "s.jsonl", counted.append) == {}
    found = lines(tmp_path / "s.jsonl")
    assert sum(counted) == len(found) == 15
    assert {(line["task_id"], line["sample_id"]) for line in found} == {
        (p.task_id, n) for p in PROBLEMS for n in range(3)
    }
    assert all((line["model"], line["temperature"], line["max_tokens"]) == ("scripted", 0.3, 99) for line in found)
    assert any("```" in line["completion"] for line in found)
    assert upstream.most_at_work == 2
    assert {(asked.n, asked.temperature, asked.max_tokens, asked.seed) for asked in upstream.asked} == {
        (3, 0.3, 99, 40)
    }


async def test_a_rerun_asks_for_what_is_missing_only(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    await sample(PROBLEMS[:2], replace(model, n=2), path, ignored)
    kept = path.read_text()
    with path.open("a") as file:
        file.write('{"task_id": "Sum/2", "comple')  # what a kill leaves
    upstream.asked.clear()
    counted: list[int] = []
    await sample(PROBLEMS, model, path, counted.append)
    assert counted[0] == 4
    assert sorted(asked.n for asked in upstream.asked) == [1, 1, 3, 3, 3]
    assert path.read_text().startswith(kept)
    assert len(lines(path)) == 15
    upstream.asked.clear()
    await sample(PROBLEMS, model, path, ignored)
    assert not upstream.asked


async def test_a_server_without_n_is_asked_for_each(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    upstream.knows_n = False
    await sample(PROBLEMS[:1], model, tmp_path / "s.jsonl", ignored)
    assert [asked.n for asked in upstream.asked] == [3, 2, 1]
    assert [asked.seed for asked in upstream.asked] == [40, 41, 42]
    assert [line["sample_id"] for line in lines(tmp_path / "s.jsonl")] == [0, 1, 2]


async def test_a_busy_server_is_asked_again(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    upstream.busy = [Response("{}", 429, {"Retry-After": "0.01"}), Response("{}", 503, {"Retry-After": "0.01"})]
    assert await sample(PROBLEMS[:1], model, tmp_path / "s.jsonl", ignored) == {}
    assert len(upstream.asked) == 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response('{"error": {"message": "too long"}}', 400), "answered 400: .*too long"),
        (Response("{}", 500, {"Retry-After": "0.001"}), f"answered 500.*{ATTEMPTS} times"),
        (Response("no json"), "no chat completion"),
        (Response('{"choices": []}'), "no chat completion: .*choices"),
    ],
)
async def test_a_problem_without_an_answer_is_told_and_the_others_are_asked(
    upstream: Upstream, model: Model, tmp_path: Path, answer: Response, said: str
) -> None:
    upstream.answer = answer
    failures = await sample(PROBLEMS[:2], replace(model, seed=None), tmp_path / "s.jsonl", ignored)
    assert sorted(failures) == ["Sum/0", "Sum/1"]
    assert all(asked.seed is None for asked in upstream.asked)
    assert re.search(said, failures["Sum/0"]), failures


async def test_a_message_without_content_is_an_empty_sample(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    upstream.answer = Response('{"choices": [{"message": {"content": null}, "finish_reason": "length"}]}')
    await sample(PROBLEMS[:1], replace(model, n=1), tmp_path / "s.jsonl", ignored)
    (line,) = lines(tmp_path / "s.jsonl")
    assert (line["completion"], line["finish_reason"]) == ("", "length")


async def test_a_server_that_turns_everybody_away_ends_it(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    upstream.answer = Response("wrong key", 401)
    with pytest.raises(NoSamples, match="answered 401: wrong key"):
        await sample(PROBLEMS, model, tmp_path / "s.jsonl", ignored)


async def test_the_key_is_sent_and_never_shown(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    with_key = replace(model, api_key=SecretStr("sesame"))
    await sample(PROBLEMS[:1], with_key, tmp_path / "s.jsonl", ignored)
    assert upstream.keys == {"Bearer sesame"}
    assert "sesame" not in repr(with_key) + (tmp_path / "s.jsonl").read_text()


async def test_the_only_model_is_found_by_asking(model: Model) -> None:
    async with Server(model) as server:
        assert await server.only_model() == "scripted"
    async with Server(replace(model, url=model.url + "/none")) as server:
        with pytest.raises(NoSamples, match="404"):
            await server.only_model()


@pytest.mark.parametrize("line", ['{"task_id": "Sum/0", "completion": "x"}', "{", '{"task_id": 1, "sample_id": 0}'])
async def test_a_file_of_other_samples_is_not_added_to(line: str, model: Model, tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text(line + "\n")
    with pytest.raises(NoSamples, match=r"line 1: .*give another file"):
        await sample(PROBLEMS, model, tmp_path / "s.jsonl", ignored)
    assert (tmp_path / "s.jsonl").read_text() == line + "\n"


async def test_samples_of_another_model_are_not_mixed_with(model: Model, tmp_path: Path) -> None:
    await sample(PROBLEMS[:1], model, tmp_path / "s.jsonl", ignored)
    for other in (replace(model, name="other"), replace(model, temperature=1.0)):
        with pytest.raises(NoSamples, match=r"a sample of .* not of"):
            await sample(PROBLEMS, other, tmp_path / "s.jsonl", ignored)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "", "ftp://host/v1"])
def test_a_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(NoSamples, match="expected the model's URL"):
        Server(Model(url))


async def test_a_place_that_cannot_be_written_is_told(model: Model, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        await sample(PROBLEMS, model, tmp_path / "none" / "s.jsonl", ignored)
    (tmp_path / "s.jsonl.gz").touch()
    with pytest.raises(NoSamples, match="gzipped"):
        await sample(PROBLEMS, model, tmp_path / "s.jsonl.gz", ignored)


async def test_what_came_before_it_was_stopped_is_kept(upstream: Upstream, model: Model, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    enough = asyncio.Event()

    def told(number: int) -> None:
        if number and path.exists() and len(lines(path)) >= 3:
            enough.set()

    asking = asyncio.create_task(sample(PROBLEMS, replace(model, concurrency=1), path, told))
    await asyncio.wait_for(enough.wait(), 20)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert 3 <= len(lines(path)) < 15
    await sample(PROBLEMS, model, path, ignored)
    assert len(lines(path)) == 15

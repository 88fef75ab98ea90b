"""The daemon as its users meet it: processes of its own, spoken to over HTTP."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator.daemon.client import Client
from evaluator.daemon.errors import DaemonUnreachable, KeyTaken, NothingSuch
from evaluator.daemon.protocol import Entry, Lane, State, Submission
from evaluator.protocol import Problem
from evaluator.suites import Trusting
from sandbox.errors import BadRequest, Overloaded
from sandbox.keys import create

Start = Callable[..., Any]
RIGHT, WRONG = "    return a + b\n", "    return 0\n"


@pytest.fixture
def url(folder: Path) -> str:
    """One kind is enough here."""
    return f"sqlite:///{folder}/queue.db"


def body(addition: Any, batch: str = "b", **completions: str) -> dict[str, Any]:
    entries = [{"task_id": "Test/0", "completion": text, "key": key} for key, text in completions.items()]
    return {"batch": batch, "problems": [addition.model_dump(mode="json")], "evaluations": entries}


def events(text: str) -> Iterator[tuple[str, Any]]:
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            yield fields["event"], json.loads(fields["data"])


@pytest.mark.usefixtures("engine")
def test_submitted_followed_and_told(start: Start, url: str, addition: Any) -> None:
    daemon = start(url)
    asked = body(addition, right=RIGHT, wrong=WRONG)
    accepted = daemon.http.post("/v1/evaluations", json=asked)
    assert (accepted.status_code, accepted.json()["new"]) == (202, 2)
    told = list(events(daemon.http.get("/v1/batches/b/events").text))
    assert [name for name, _ in told] == ["outcome", "outcome", "done"]
    assert {one["key"]: one["verdict"]["status"] for _, one in told[:2]} == {"right": "passed", "wrong": "failed"}
    first = told[0][1]["number"]
    rest = list(events(daemon.http.get("/v1/batches/b/events", headers={"Last-Event-ID": str(first)}).text))
    assert [one["number"] for name, one in rest if name == "outcome"] == [told[1][1]["number"]]
    assert daemon.http.post("/v1/evaluations", json=asked).json()["new"] == 0

    row = '<tr><td>passed</td><td class="number">1</td></tr>'
    daemon.wait_for(lambda: row in daemon.http.get("/").text, "the page tells of the outcome")
    page = daemon.http.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert '<th scope="col" class="number">seconds</th>' in page.text, "above its numbers"
    assert daemon.http.get("/style.css").headers["content-type"].startswith("text/css")
    passed = 'lovelace_evaluator_outcomes_total{outcome="passed"} 1.0'
    daemon.wait_for(lambda: passed in daemon.http.get("/metrics").text, "the outcome is counted")
    lines = [json.loads(line) for line in daemon.log.read_text().splitlines()]
    assert sorted(line["outcome"] for line in lines if line["event"] == "outcome") == ["failed", "passed"]
    assert not any("return a + b" in json.dumps(line) for line in lines), "no code in logs"
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(timeout=60) == 0
    assert [line for line in daemon.log.read_text().splitlines() if not line.startswith("{")] == []


@pytest.mark.usefixtures("engine")
def test_killed_processes_are_started_again_and_nothing_is_lost(start: Start, url: str, addition: Any) -> None:
    daemon = start(url, "--lease-seconds", "2")
    slow = "    import time\n    time.sleep(2)\n    return a + b\n"
    daemon.http.post("/v1/evaluations", json=body(addition, slow=slow, right=RIGHT))

    def progress() -> dict[str, int]:
        states: dict[str, int] = daemon.http.get("/v1/batches/b").json()["states"]
        return states

    daemon.wait_for(lambda: progress()["running"] > 0, "running")
    (worker,), (server,) = daemon.children("worker"), daemon.children("server")
    os.kill(worker, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    daemon.wait_for(lambda: daemon.children("worker") not in ([], [worker]), "another worker")
    daemon.wait_for(daemon.ready, "ready again")
    daemon.wait_for(lambda: progress()["judged"] == 2, "both are judged")
    outcomes = daemon.http.get("/v1/batches/b/outcomes").json()["outcomes"]
    assert {one["key"]: one["verdict"]["status"] for one in outcomes} == {"slow": "passed", "right": "passed"}
    assert max(one["attempts"] for one in outcomes) == 2


@pytest.mark.usefixtures("engine")
def test_an_answer_that_no_reader_survives_is_a_verdict(start: Start, url: str) -> None:
    """Its grammar takes seconds and a gigabyte for it. The worker has given root up by then, and others start."""
    daemon = start(url)
    asked = Problem(
        task_id="Test/0", prompt="int f(int a) {\n", entry_point="f", canonical_solution="", language="c",
        tests=Trusting(source="int main() { return 0; }\n", runs_as="c"),
    )  # fmt: skip
    daemon.http.post("/v1/evaluations", json=body(asked, bomb="x=>" * 20_000, more="x=>" * 20_001))
    told = [one for name, one in events(daemon.http.get("/v1/batches/b/events").text) if name == "outcome"]
    assert [(one["verdict"]["status"], one["attempts"]) for one in told] == [("no_program", 1)] * 2, told


def test_a_killed_supervisor_takes_its_processes_along(start: Start, url: str) -> None:
    daemon = start(url, "--workers", "0", ready=False)
    daemon.wait_for(lambda: daemon.http.get("/healthz").is_success, "up")
    (server,) = daemon.children("server")
    daemon.process.kill()
    daemon.wait_for(lambda: not Path(f"/proc/{server}").exists() or "Z" in status(server), "gone")


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0]
    except OSError:
        return "Z"


def test_without_a_worker_it_accepts_and_is_not_ready(start: Start, url: str, addition: Any) -> None:
    daemon = start(url, "--workers", "0", "--queue", "4", ready=False)
    http = daemon.http
    assert http.get("/healthz").json() == {"status": "ok", "reasons": []}
    assert http.get("/readyz").status_code == 503
    assert http.post("/v1/evaluations", json=body(addition, x=RIGHT, y=RIGHT)).status_code == 202
    full = http.post("/v1/evaluations", json=body(addition, z=RIGHT, more=RIGHT))
    assert (full.status_code, full.json()["code"]) == (429, "queue_full")
    assert int(full.headers["Retry-After"]) >= 1
    taken = http.post("/v1/evaluations", json=body(addition, x=WRONG))
    assert (taken.status_code, taken.json()["code"]) == (409, "key_taken")
    assert http.get("/v1/evaluations/1").json()["state"] == "waiting"
    assert http.delete("/v1/evaluations/1").json() == {"cancelled": 1}
    assert http.delete("/v1/batches/b").json() == {"cancelled": 1}
    assert http.get("/v1/batches/b").json()["states"]["cancelled"] == 2
    assert [name for name, _ in events(http.get("/v1/batches/b/events").text)] == ["outcome", "outcome", "done"]


def test_what_is_not_understood_is_said(start: Start, url: str, addition: Any) -> None:
    http = start(url, "--workers", "0", "--body-bytes", "4096", ready=False).http
    bad = [
        (400, "evaluations", {"evaluations": []}),
        (400, "evaluations.0.completion", {"evaluations": [{"task_id": "t", "completion": 1}]}),
        (400, "unknown", {"evaluations": [{"task_id": "t", "completion": ""}], "unknown": 1}),
        (400, "no problem of the submission", {"evaluations": [{"task_id": "t", "completion": ""}]}),
        (400, "no benchmark", {"evaluations": [{"task_id": "t", "completion": ""}], "benchmark": "x"}),
        (413, "4096", {"evaluations": [{"task_id": "t", "completion": "x" * 5000}]}),
    ]
    for status_code, word, sent in bad:
        answer = http.post("/v1/evaluations", json=sent)
        assert (answer.status_code, word in answer.json()["message"]) == (status_code, True), answer.text
    headers = {"Content-Type": "application/json"}
    for raw in (b"{", b"\xff", b'{"evaluations":[{"task_id":"t","completion":"\\ud800"}]}'):
        assert http.post("/v1/evaluations", content=raw, headers=headers).json()["code"] == "bad_request"
    for path in ("/v1/batches/none", "/v1/batches/none/events", "/v1/evaluations/7", "/v1/evaluations?id=7"):
        answer = http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert http.get("/v1/batches/none/outcomes?most=0").status_code == 400


def test_strangers_need_a_key_and_see_their_own(start: Start, url: str, addition: Any, folder: Path) -> None:
    token = create(folder / "keys", "bob")
    http = start(url, "--workers", "0", "--keys", str(folder / "keys"), ready=False).http
    assert http.post("/v1/evaluations", json=body(addition, x=RIGHT)).status_code == 202
    stranger = {"X-Forwarded-For": "192.0.2.1"}
    for path in ("/", "/metrics", "/v1/batches/b"):
        assert http.get(path, headers=stranger).status_code == 401
    bob = {"Authorization": f"Bearer {token}"}
    assert http.get("/v1/batches/b", headers=bob).status_code == 404
    assert http.post("/v1/evaluations", json=body(addition, x=WRONG), headers=bob).json()["new"] == 1
    assert http.delete("/v1/batches/b", headers=bob).json() == {"cancelled": 1}
    assert http.get("/v1/batches/b").json()["states"]["waiting"] == 1


async def test_the_client_says_what_the_daemon_says(start: Start, url: str, addition: Any) -> None:
    daemon = await asyncio.to_thread(start, url, "--workers", "0", "--queue", "4", ready=False)
    entry = Entry(task_id="Test/0", completion=RIGHT, key="x")
    submission = Submission(evaluations=(entry,), problems=(addition,), batch="a:b.c", lane=Lane.SYNTHETIC)
    async with httpx.AsyncClient(base_url=daemon.http.base_url, trust_env=False) as http:
        client = Client(http)
        (number,) = (await client.submit(submission)).evaluations
        (found,) = await client.details([number])
        assert (found.state, found.key, found.task_id) == (State.WAITING, "x", "Test/0")
        other = entry.model_copy(update={"completion": WRONG})
        for broken, error in [
            (submission.model_copy(update={"evaluations": (other,)}), KeyTaken),
            (submission.model_copy(update={"problems": ()}), BadRequest),
            (submission.model_copy(update={"evaluations": (entry,) * 0}), BadRequest),
        ]:
            with pytest.raises(error):
                await client.submit(broken)
        many = tuple(entry.model_copy(update={"key": str(n)}) for n in range(9))
        with pytest.raises(Overloaded) as caught:
            await client.submit(submission.model_copy(update={"evaluations": many}))
        assert caught.value.retry_after >= 1
        assert await client.cancel("a:b.c") == 1
        assert [outcome.state async for outcome in client.outcomes("a:b.c")] == [State.CANCELLED]
        with pytest.raises(NothingSuch):
            await client.cancel("none")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1", trust_env=False) as http:
        with pytest.raises(DaemonUnreachable):
            await Client(http).submit(submission.model_copy(update={"batch": None}))


def lovelace(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "lovelace", "evaluator", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def test_operators_commands_work_while_it_runs(start: Start, url: str, addition: Any, folder: Path) -> None:
    daemon = start(url, "--workers", "0", ready=False)
    daemon.http.post("/v1/evaluations", json=body(addition, x=RIGHT))
    daemon.http.delete("/v1/batches/b")
    saved = lovelace("backup", str(folder / "copy.db"), "--database", url)
    assert saved.returncode == 0, saved.stderr
    time.sleep(1.1)
    pruned = lovelace("prune", "--older-than", "1s", LOVELACE_EVALUATOR_DATABASE=url)
    assert (pruned.returncode, pruned.stdout) == (0, "removed 1 evaluations\n")
    assert daemon.http.get("/v1/evaluations/1").status_code == 404
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(timeout=30) == 0
    (folder / "queue.db").unlink()
    (folder / "copy.db").rename(folder / "queue.db")
    restored = start(url, "--workers", "0", ready=False)
    assert restored.http.get("/v1/evaluations/1").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("prune", "--older-than", "yesterday"), "expected a time such as 36h or 30d, got 'yesterday'"),
        (("prune", "--older-than", "1d", "--database", "sqlite:////nowhere/x.db"), "unable to open database file"),
        (("serve", "--database", "mysql://x/y"), "expected sqlite:///FILE or postgresql"),
        (("serve", "--host", "0.0.0.0"), "nobody could be served on 0.0.0.0"),
    ],
)
def test_what_a_person_can_act_on_is_one_line(
    words: tuple[str, ...], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = lovelace(*words)
    assert ran.returncode == 2, ran.stderr
    assert complaint in ran.stderr
    assert ran.stderr.count("\n") == 1, ran.stderr

"""``POST /v1/execute/stream`` on a real server: what is told, and that stopping stops."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import keys
from sandbox.protocol import Execution

Serving = Callable[..., AbstractContextManager[Any]]
Event = tuple[str, dict[str, Any]]
PATIENT = {"wall_seconds": 120}
ENDLESS = "import time\nwhile True: print('on', flush=True); time.sleep(0.05)"


@pytest.fixture(scope="module")
def served(serving: Serving, open_directory: Path) -> Iterator[Any]:
    """One slot: whoever does not give it back keeps everybody waiting."""
    with serving("--slots", 1, "--keys", open_directory / "stream.db") as served:
        yield served


@pytest.fixture(scope="module")
def server(served: Any) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


@contextmanager
def streaming(server: httpx.Client, **program: Any) -> Iterator[Iterator[Event]]:
    with server.stream(
        "POST", "/v1/execute/stream", json={"language": "python", "limits": PATIENT, **program}
    ) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer)


def events(answer: httpx.Response) -> Iterator[Event]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def told(server: httpx.Client, **program: Any) -> list[Event]:
    with streaming(server, **program) as happening:
        return list(happening)


def slot_is_free(server: httpx.Client) -> None:
    """What was stopped holds the only slot no more (it might for 2 minutes; nobody waits so long), and its container is
    given up: the next program is the first of a new one."""
    answer = server.post("/v1/execute", json={"language": "python", "source": "import os; print(os.getcwd()[-2:])"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["runs"][0]["stdout"] == "/1\n"
    assert 'state="leased"} 0.0' in server.get("/metrics").text


def test_tells_what_a_program_does_in_order(server: httpx.Client) -> None:
    source = "import sys\nprint(input(), flush=True)\nprint('bad', file=sys.stderr)"
    happened = told(server, source=source, runs=[{"stdin": "one\n"}, {"stdin": "two\n"}])
    assert [name for name, _ in happened] == ["queued", "run", "stdout", "stderr", "run", "stdout", "stderr", "result"]
    assert happened[0][1].keys() == {"id", "ahead"}
    assert [data for _, data in happened[1:7]] == [
        {"run": 0}, {"run": 0, "data": "one\n"}, {"run": 0, "data": "bad\n"},
        {"run": 1}, {"run": 1, "data": "two\n"}, {"run": 1, "data": "bad\n"},
    ]  # fmt: skip
    execution = Execution.model_validate_json(json.dumps(happened[-1][1]))
    assert [run.stdout for run in execution.runs] == [b"one\n", b"two\n"]


def test_tells_of_the_compiler(server: httpx.Client) -> None:
    happened = told(server, language="c", source="#warning look\nint main(void) { return 3; }")
    names = [name for name, _ in happened]
    assert (names[:2], names[-2:]) == (["queued", "compile"], ["run", "result"])
    said = "".join(data["data"] for name, data in happened if name == "stderr")
    assert "look" in said
    assert all(data["run"] is None for name, data in happened if name == "stderr")
    assert said == happened[-1][1]["compile"]["stderr"]


def test_a_program_that_does_not_compile_has_no_run(server: httpx.Client) -> None:
    happened = told(server, language="c", source="int main(")
    assert "run" not in [name for name, _ in happened]
    assert happened[-1][0] == "result"
    assert happened[-1][1]["runs"] == []


def test_output_is_told_while_the_program_runs(server: httpx.Client) -> None:
    with streaming(server, source="print('first', flush=True); input()\nimport time; time.sleep(100)") as happening:
        assert ("stdout", {"run": 0, "data": "first\n"}) in [next(happening) for _ in range(3)]
    slot_is_free(server)


def test_bytes_that_are_no_text_are_told_in_base64(server: httpx.Client) -> None:
    happened = told(server, source="import os; os.write(1, b'\\xff\\0')")
    assert ("stdout", {"run": 0, "data": {"base64": base64.b64encode(b"\xff\0").decode()}}) in happened


def test_what_cannot_be_run_is_an_error_event(server: httpx.Client) -> None:
    happened = told(server, language="cobol", source="")
    assert [name for name, _ in happened] == ["queued", "error"]
    assert happened[1][1]["code"] == "bad_request"


def test_what_is_malformed_is_400_and_no_stream(server: httpx.Client) -> None:
    bodies: list[Any] = [{"language": "python"}, {"programs": [{"language": "python", "source": ""}]}, []]
    for body in bodies:
        answer = server.post("/v1/execute/stream", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_going_away_stops_the_program(server: httpx.Client) -> None:
    with streaming(server, source=ENDLESS) as happening:
        assert [next(happening)[0] for _ in range(3)] == ["queued", "run", "stdout"]
    slot_is_free(server)


def test_going_away_from_a_silent_program_stops_it_too(server: httpx.Client) -> None:
    with streaming(server, source="import time; time.sleep(100)") as happening:
        assert [next(happening)[0] for _ in range(2)] == ["queued", "run"]
    slot_is_free(server)


def test_a_reader_who_gives_up_on_a_plain_request_stops_it(server: httpx.Client) -> None:
    program = {"language": "python", "source": "import time; time.sleep(100)", "limits": PATIENT}
    with pytest.raises(httpx.ReadTimeout):
        server.post("/v1/execute", json=program, timeout=0.5)
    slot_is_free(server)


def test_deleting_stops_the_program_and_says_so(server: httpx.Client, served: Any) -> None:
    with streaming(server, source=ENDLESS) as happening, served.client() as other:
        name = next(happening)[1]["id"]
        assert next(happening)[0] == "run"
        assert other.delete(f"/v1/executions/{name}").status_code == 204
        rest = list(happening)
        assert rest[-1] == ("error", {"code": "stopped", "message": "it was stopped"})
        assert other.delete(f"/v1/executions/{name}").status_code == 404
    slot_is_free(server)


def test_what_waits_can_be_deleted_too(server: httpx.Client, served: Any) -> None:
    with (
        streaming(server, source=ENDLESS) as running,
        served.client() as other,
        streaming(other, source="print('never')") as waiting,
        served.client() as third,
    ):
        assert [next(running)[0] for _ in range(2)] == ["queued", "run"]
        name = next(waiting)[1]["id"]
        assert third.delete(f"/v1/executions/{name}").status_code == 204
        assert [event for event, _ in waiting] == ["error"]
        assert next(running)[0] == "stdout"
    slot_is_free(server)


def test_nobody_stops_what_is_another_tenants(server: httpx.Client, served: Any, open_directory: Path) -> None:
    mallory = keys.create(open_directory / "stream.db", "mallory")
    with streaming(server, source=ENDLESS) as happening, served.client(mallory) as other:
        name = next(happening)[1]["id"]
        answer = other.delete(f"/v1/executions/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert [next(happening)[0] for _ in range(3)] == ["run", "stdout", "stdout"]

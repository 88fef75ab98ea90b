"""``lovelace sandbox serve``: the real command, spoken to over HTTP."""

import base64
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from sandbox import languages
from sandbox.protocol import Execution

COMMAND = [sys.executable, "-m", "lovelace", "sandbox", "serve", "--slots", "1", "--port"]
ECHO = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + sys.argv[1].encode())"


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of one slot, and its address."""
    process = subprocess.Popen([*COMMAND, "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def server(engine: None) -> Iterator[httpx.Client]:
    with serving() as (_, url), httpx.Client(base_url=url, timeout=60) as client:
        yield client


def execute(server: httpx.Client, **program: Any) -> Execution:
    answer = server.post("/v1/execute", json={"language": "python", **program})
    assert answer.status_code == 200, answer.text
    return Execution.model_validate_json(answer.content)


def test_executes_text(server: httpx.Client) -> None:
    answer = server.post(
        "/v1/execute",
        json={"language": "py", "source": ECHO, "runs": [{"stdin": "né\n", "arguments": ["a"]}, {"arguments": ["b"]}]},
    )
    assert answer.status_code == 200
    body = answer.json()
    assert [run["stdout"] for run in body["runs"]] == ["né\na", "b"]
    assert [(run["ended"], run["exit_code"]) for run in body["runs"]] == [("exited", 0)] * 2
    assert (body["language"], body["compile"]) == ("python", None)
    assert body["version"].startswith("Python 3.")
    assert body["image"].startswith("sha256:")


def test_executes_bytes_that_are_no_text(server: httpx.Client) -> None:
    stdin = {"base64": base64.b64encode(b"\xff\0").decode()}
    source = {"base64": base64.b64encode(ECHO.encode()).decode()}
    answer = server.post(
        "/v1/execute", json={"language": "python", "source": source, "runs": [{"stdin": stdin, "arguments": ["!"]}]}
    )
    assert answer.json()["runs"][0]["stdout"] == {"base64": base64.b64encode(b"\xff\0!").decode()}


def test_whatever_the_program_does_is_200(server: httpx.Client) -> None:
    execution = execute(server, source="import os; os.kill(os.getpid(), 40)", limits={"cpu_seconds": 1})
    assert execution.runs[0].signal == "SIGRTMIN+6"


def test_nothing_is_left_for_the_next_request(server: httpx.Client) -> None:
    source = "import os; print(os.listdir('/tmp'), os.getcwd()); open('/tmp/left', 'w')"
    assert [execute(server, source=source).runs[0].stdout for _ in range(2)] == [b"[] /runs/1\n"] * 2


def test_tells_its_languages(server: httpx.Client) -> None:
    answer = server.get("/v1/languages")
    assert answer.status_code == 200
    told = {one["name"]: one for one in answer.json()}
    assert told["python"] == {"name": "python", "aliases": ["py", "python3"], "compiled": False}
    assert tuple(told) in languages.tiers().values()


def test_is_up(server: httpx.Client) -> None:
    answer = server.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ({"language": "cobol", "source": ""}, "unknown language 'cobol'"),
        ({"language": "python"}, "body.source: Field required"),
        ({"language": "python", "source": "", "extra": 1}, "body.extra: Extra inputs"),
        ({"language": "python", "source": 1}, "body.source: Input should be"),
        ({"language": "python", "source": {"base64": "?"}}, "body.source: "),
        ({"language": "python", "source": "\ud800"}, "body.source: "),
        ({"language": "python", "source": "", "runs": []}, "body.runs: "),
        ({"language": "python", "source": "", "runs": [{"arguments": ["\ud800"]}]}, "half a surrogate pair"),
        ({"language": "python", "source": "", "runs": [{"arguments": ["\0"]}]}, "NUL byte"),
        ({"language": "python", "source": "", "limits": {"cpu_seconds": -1}}, "body.limits.cpu_seconds: "),
        ({"language": "python", "source": "", "limits": {"wall_seconds": 1e9}}, "wall_seconds 1e+09 is above"),
        ([], "body: "),
    ],
)
def test_what_cannot_be_run_is_400(program: object, words: str, server: httpx.Client) -> None:
    # httpx would refuse half a surrogate pair before the server does.
    headers = {"Content-Type": "application/json"}
    answer = server.post("/v1/execute", content=json.dumps(program), headers=headers)
    assert answer.status_code == 400
    assert answer.json().keys() == {"code", "message"}
    assert answer.json()["code"] == "bad_request"
    assert words in answer.json()["message"]


def test_what_is_no_json_is_400(server: httpx.Client) -> None:
    answer = server.post("/v1/execute", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "[::2]", ""])
def test_another_host_is_refused(host: str, server: httpx.Client) -> None:
    for path in ("/healthz", "/v1/languages"):
        assert server.get(path, headers={"Host": host}).status_code == 400
    answer = server.post("/v1/execute", headers={"Host": host}, json={"language": "python", "source": ""})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost:80", "127.0.0.1", "LOCALHOST"])
def test_this_host_by_its_other_names_is_served(host: str, server: httpx.Client) -> None:
    assert server.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_port_in_use_is_one_line_and_exit_code_2(engine: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, str(port)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == (
        f"lovelace: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port\n"
    )
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_none_is_left_of_a_server_that_is_stopped(
    number: int, running: Callable[[int, int], list[str]], gone: Callable[[str], None]
) -> None:
    with serving() as (process, url):
        answer = httpx.post(f"{url}/v1/execute", json={"language": "python", "source": "pass"}, timeout=60)
        assert answer.status_code == 200
        containers = running(process.pid, 1)
        process.send_signal(number)
        process.wait(timeout=30)
    for container in containers:
        gone(container)

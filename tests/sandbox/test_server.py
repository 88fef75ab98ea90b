"""``lovelace sandbox serve``: the real command, spoken to over HTTP."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from sandbox import languages
from sandbox.keeper import Condition
from sandbox.protocol import MEBIBYTE, Ended, Execution
from sandbox.server.health import shortages
from sandbox.settings import Settings

COMMAND = [sys.executable, "-m", "lovelace", "sandbox", "serve", "--slots", "1", "--port"]
ECHO = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + sys.argv[1].encode())"
WIDE = {**os.environ, "COLUMNS": "200"}
JSON = {"Content-Type": "application/json"}
Serving = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def server(serving: Serving) -> Iterator[httpx.Client]:
    with serving("--slots", 2) as served, served.client() as client:
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
    source = "import os; print(os.listdir('/tmp'), os.listdir()); open('/tmp/left', 'w')"
    assert [execute(server, source=source).runs[0].stdout for _ in range(2)] == [b"[] ['main.py']\n"] * 2


def directory(server: httpx.Client, **options: bool) -> str:
    """Where a program runs: a container counts its runs."""
    return execute(server, source="import os; print(os.getcwd())", **options).runs[0].stdout.decode()


def test_a_tenants_programs_share_a_container_unless_it_demands_a_fresh_one(server: httpx.Client) -> None:
    assert directory(server) != directory(server)
    fresh = {directory(server, fresh=True) for _ in range(3)}
    assert len(fresh) == 1  # each the first run of its container
    assert fresh.isdisjoint({directory(server)})


def test_a_batch_is_answered_in_order_and_what_cannot_be_taken_spoils_only_itself(server: httpx.Client) -> None:
    programs: list[Any] = [{"language": "python", "source": f"print({number})"} for number in range(20)]
    programs[3] = {"language": "cobol", "source": ""}
    programs[5] = {"language": "python"}
    programs[7] = 1
    programs[9] = {"language": "python", "source": "", "limits": {"wall_seconds": 1e9}}
    answer = server.post("/v1/execute", json={"programs": programs})
    assert answer.status_code == 200
    answers = answer.json()["answers"]
    assert len(answers) == 20
    for number, one in enumerate(answers):
        if number in (3, 5, 7, 9):
            assert (one["execution"], one["error"]["code"]) == (None, "bad_request")
        else:
            assert one["error"] is None
            assert one["execution"]["runs"][0]["stdout"] == f"{number}\n"
    assert "source: Field required" in answers[5]["error"]["message"]


def test_64_megabytes_go_in_and_come_out(server: httpx.Client) -> None:
    data = bytes(range(128)) * (MEBIBYTE // 2)
    source = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    limits = {"output_bytes": 64 * MEBIBYTE}
    stdin = {"base64": base64.b64encode(data).decode()}
    execution = execute(server, source=source, runs=[{"stdin": stdin}], limits=limits)
    assert execution.runs[0].stdout == data


def test_a_request_has_limits_of_processes_and_disk_of_its_own(server: httpx.Client) -> None:
    forks = "import os\nfor n in range(9):\n    if os.fork() == 0: os.read(os.pipe()[0], 1)"
    writes = "open('/tmp/big', 'wb').write(bytes(3 << 20))"
    few = {"processes": 8, "disk_bytes": 2 * MEBIBYTE}
    ended = [execute(server, source=source, limits=few).runs[0].ended for source in (forks, writes, "print(1)")]
    assert ended == [Ended.PROCESS_LIMIT, Ended.DISK_LIMIT, Ended.EXITED]


FOREIGN = {"/run_code": '"return_code":0', "/api/v2/execute": '"code":0', "/v1/judge": '"passed":true'}
"""How the drop-ins and the judge say that all is well."""


def test_every_example_of_the_document_runs(server: httpx.Client) -> None:
    document = server.get("/openapi.json").json()
    examples = 0
    for path, operations in document["paths"].items():
        if "get" in operations:
            assert server.get(path).status_code == 200, path
        for content in operations.get("post", {}).get("requestBody", {}).get("content", {}).values():
            for name, example in content["examples"].items():
                answer = server.post(path, json=example["value"])
                assert answer.status_code == 200, (path, name, answer.text)
                well = FOREIGN.get(path, '"ended":"exited","exit_code":0')
                assert well in answer.text, (path, name)
                examples += 1
    assert examples >= 7
    references = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert {"Single", "Batch", "Execution"} <= references <= set(document["components"]["schemas"])


def test_tells_prometheus_how_it_does(server: httpx.Client) -> None:
    def values() -> dict[str, float]:
        text = server.get("/metrics").text
        assert "127.0.0.1" not in text
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}

    before = values()
    execute(server, source="pass")
    execute(server, source="import time; time.sleep(9)", limits={"wall_seconds": 0.2})
    server.post("/v1/execute", json={"language": "cobol", "source": ""})
    after = values()
    rose = {name for name, value in after.items() if value > before.get(name, 0) and "_created" not in name}
    assert {
        'lovelace_sandbox_executions_total{ended="exited"}',
        'lovelace_sandbox_executions_total{ended="wall_limit"}',
        'lovelace_sandbox_requests_total{status="200"}',
        'lovelace_sandbox_requests_total{status="400"}',
        'lovelace_sandbox_refusals_total{code="bad_request"}',
        "lovelace_sandbox_waiting_seconds_count",
    } <= rose
    assert after["lovelace_sandbox_slots"] == 2
    assert after["lovelace_sandbox_queue_length"] == 0
    assert after['lovelace_sandbox_containers{state="idle"}'] in (1, 2)
    assert after['lovelace_sandbox_containers{state="leased"}'] == 0


def test_tells_its_languages(server: httpx.Client) -> None:
    answer = server.get("/v1/languages")
    assert answer.status_code == 200
    told = {one["name"]: one for one in answer.json()}
    version, image = told["python"].pop("version"), told["python"].pop("image")
    assert told["python"] == {"name": "python", "aliases": ["py", "python3"], "compiled": False, "source": "main.py"}
    execution = execute(server, source="")
    assert (version, image) == (execution.version, execution.image)
    assert tuple(told) == list(languages.tiers().values())[-1]


def test_is_up(server: httpx.Client) -> None:
    answer = server.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reasons": []})
    answer = server.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": []})


def test_a_disk_that_is_nearly_full_is_not_ready() -> None:
    assert shortages(Condition(disk_free_bytes=11, disk_bytes=100)) == ()
    assert shortages(Condition(disk_free_bytes=0, disk_bytes=0)) == ()  # the engine is on another machine
    assert shortages(Condition(disk_free_bytes=9, disk_bytes=100)) == (
        "the Docker engine's disk has 9% free, and 10% are wanted",
    )


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ({"language": "cobol", "source": ""}, "unknown language 'cobol'"),
        ({"language": "python"}, "source: Field required"),
        ({"language": "python", "source": "", "extra": 1}, "extra: Extra inputs"),
        ({"language": "python", "source": 1}, "source: Input should be"),
        ({"language": "python", "source": {"base64": "?"}}, "source: "),
        ({"language": "python", "source": "\ud800"}, "the body is not JSON: "),
        ({"language": "python", "source": "", "runs": []}, "runs: "),
        ({"language": "python", "source": "", "runs": [{"arguments": ["\ud800"]}]}, "the body is not JSON: "),
        ({"language": "python", "source": "", "runs": [{"arguments": ["\0"]}]}, "NUL byte"),
        ({"language": "python", "source": "", "limits": {"cpu_seconds": -1}}, "limits.cpu_seconds: "),
        ({"language": "python", "source": "", "limits": {"wall_seconds": 1e9}}, "wall_seconds 1e+09 is above"),
        ({"language": "python", "source": "", "limits": {"processes": 1001}}, "processes 1001 is above"),
        ({"language": "python", "source": "", "limits": {"disk_bytes": 1e9}}, "disk_bytes 1e+09 is above"),
        ({"language": "python", "source": "", "limits": {"processes": 0}}, "limits.processes: "),
        ({"language": "python", "source": "", "runs": [{}] * 1025}, "lower limits.output_bytes"),
        ({"programs": []}, "programs: "),
        (
            {"programs": [{"language": "python", "source": "", "limits": {"output_bytes": 67108864}}] * 17},
            "output_bytes",
        ),
        ([], "Input should be a valid dictionary"),
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


@pytest.mark.parametrize("body", [b"{", b"", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_is_400(body: bytes, server: httpx.Client) -> None:
    answer = server.post("/v1/execute", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_whoever_is_not_this_machines_own_user_is_401(server: httpx.Client) -> None:
    """Which headers tell is in test_access."""
    program = {"language": "python", "source": ""}
    for path in ("/v1/execute", "/v1/execute/stream", "/nowhere"):
        answer = server.post(path, headers={"Host": "example.com"}, json=program)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    for path in ("/v1/languages", "/metrics"):
        assert server.get(path, headers={"Origin": "http://example.com"}).status_code == 401
    for path in ("/healthz", "/readyz", "/openapi.json"):
        assert server.get(path, headers={"Host": "10.1.2.3:8080"}).status_code == 200


def test_a_port_in_use_is_one_line_and_exit_code_2(engine: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, str(port)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == (
        f"lovelace: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port\n"
    )
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--host", "0.0.0.0"), "nobody could be served on 0.0.0.0 from elsewhere"),
        (("--queue", "0"), "--queue 0: Input should be greater"),
        (("--trusted-proxy", "10.0.0.1/8"), "--trusted-proxy "),
        (("--tier", "cobol"), "unknown tier 'cobol'"),
    ],
)
def test_what_cannot_be_served_is_one_line(options: tuple[str, str], words: str, engine: None) -> None:
    done = subprocess.run([*COMMAND, "0", *options], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_none_is_left_of_a_server_that_is_stopped(
    number: int, serving: Serving, running: Callable[[int, int], list[str]], gone: Callable[[str], None]
) -> None:
    with serving("--slots", 1) as served:
        answer = httpx.post(f"{served.url}/v1/execute", json={"language": "python", "source": "pass"}, timeout=60)
        assert answer.status_code == 200
        containers = running(served.process.pid, 2)
        served.process.send_signal(number)
        served.process.wait(timeout=30)
    for container in containers:
        gone(container)


def test_sighup_looks_for_a_new_image_and_disturbs_nobody(serving: Serving) -> None:
    with serving("--slots", 1) as served, served.client() as client:
        before = execute(client, source="print(1)")
        served.process.send_signal(signal.SIGHUP)
        after = execute(client, source="print(1)")
        assert (after.image, after.runs[0].stdout) == (before.image, b"1\n")


def test_every_setting_is_an_option_that_is_explained() -> None:
    done = subprocess.run([*COMMAND[:5], "--help"], capture_output=True, text=True, check=True, env=WIDE)
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"--{name.replace('_', '-')} " in done.stdout
        assert " ".join(field.description.split()[:4]) in done.stdout, name

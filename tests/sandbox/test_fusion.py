"""SandboxFusion's clients on our server: its own from PyPI, and verl's, by what it sends and how it reads answers."""

import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import httpx
import pytest
import sandbox_fusion
from sandbox_fusion import CommandRunStatus, RunCodeRequest, RunStatus, SummaryMapping

from sandbox.protocol import MAXIMA, MEBIBYTE, Ended, Execution, Limits, Peak, Step
from sandbox.server import fusion

ONE_MORE = {
    "python": "print(int(input()) + 1)",
    "cpp": "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n + 1 << std::endl; }",
    "nodejs": "console.log(Number(require('fs').readFileSync(0)) + 1)",
    "go": 'package main\nimport "fmt"\nfunc main() { var n int; fmt.Scan(&n); fmt.Println(n + 1) }',
    "java": "import java.util.*; public class Main { public static void main(String[] a) "
    "{ System.out.println(new Scanner(System.in).nextInt() + 1); } }",
    "bash": "read n; echo $((n + 1))",
    "typescript": "const n: number = Number(require('fs').readFileSync(0)); console.log(n + 1)",
    "rust": "fn main() { let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap(); "
    'println!("{}", s.trim().parse::<i32>().unwrap() + 1); }',
}
GO_TEST = 'package main\nimport "testing"\nfunc TestIt(t *testing.T) { if 1 + 1 != %d { t.Fatal("no") } }'
HAVE = {*ONE_MORE, "go_test"}
HAVE_NOT = sorted(set(get_args(fusion.Name)) - HAVE)


@pytest.fixture
def server(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=120) as client:
        yield client


def post(server: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = server.post("/run_code", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def verl(
    server: httpx.Client, code: str, stdin: str | None, expected: str | None, language: str = "python", **more: Any
) -> bool | int:
    """verl's request, and its reading of the answer: True, False, or -1 to -4 for the ways to fail."""
    limits = {"compile_timeout": 10, "run_timeout": 10, "memory_limit_MB": 1024, **more}
    answer = post(server, code=code, stdin=stdin, language=language, files={}, fetch_files=[], **limits)
    status, compiled, ran = answer.get("status"), answer.get("compile_result"), answer.get("run_result")
    if status == "Failed":
        for result, timeout, failed in ((compiled, -4, -4), (ran, -3, -2)):
            if result and result["status"] == "TimeLimitExceeded":
                return timeout
            if result and (result["status"] == "Error" or result["return_code"] != 0):
                return failed
        return -1
    if status == "Success" and ran and ran["status"] == "Finished":
        assert isinstance(ran["stdout"] + ran["stderr"], str)
        return expected is None or ran["stdout"].rstrip("\n") == expected.rstrip("\n")
    return -1


@pytest.mark.parametrize("language", ONE_MORE)
def test_its_own_client_runs_what_we_have(language: str, address: str) -> None:
    request = RunCodeRequest(code=ONE_MORE[language], language=language, stdin="41", compile_timeout=60)
    result = sandbox_fusion.run_code(request, endpoint=address, max_attempts=1)
    assert result.run_result is not None, result
    assert (result.status, result.run_result.status) == (RunStatus.Success, CommandRunStatus.Finished)
    assert (result.run_result.stdout, result.run_result.return_code) == ("42\n", 0)
    assert sandbox_fusion.summary_run_code_result(result, SummaryMapping(Success="fine")) == "fine"


def test_go_tests_fail_and_pass(server: httpx.Client) -> None:
    statuses = [post(server, code=GO_TEST % n, language="go_test", compile_timeout=60)["status"] for n in (2, 3)]
    assert statuses == ["Success", "Failed"]


async def test_its_asynchronous_client_runs_too(address: str) -> None:
    request = RunCodeRequest(code="print(1)", language="python")
    result = await sandbox_fusion.run_code_async(request, endpoint=address, max_attempts=1)
    assert result.run_result is not None
    assert result.run_result.stdout == "1\n"


def test_its_concurrent_client_gets_each_answer_in_its_place(address: str) -> None:
    requests = [RunCodeRequest(code=f"print({number} ** 2)", language="python") for number in range(40)]
    results = sandbox_fusion.run_concurrent(
        sandbox_fusion.run_code, args=[[request, address] for request in requests], concurrency=16
    )
    assert [result.run_result.stdout for result in results] == [f"{number**2}\n" for number in range(40)]


@pytest.mark.parametrize(
    ("code", "language", "limits", "summary"),
    [
        ("exit(3)", "python", {}, "run failed"),
        ("while True: pass", "python", {"run_timeout": 0.5}, "run late"),
        ("int main() { return x; }", "cpp", {}, "compile failed"),
        ("#include <bits/stdc++.h>\nint main() {}", "cpp", {"compile_timeout": 0.01}, "compile late"),
    ],
)
def test_its_client_sums_failures_up(
    code: str, language: str, limits: dict[str, float], summary: str, address: str
) -> None:
    mapping = SummaryMapping(
        CompileFailed="compile failed", CompileTimeout="compile late", RunFailed="run failed", RunTimeout="run late"
    )
    request = RunCodeRequest(code=code, language=language, **limits)
    result = sandbox_fusion.run_code(request, endpoint=address, max_attempts=1)
    assert sandbox_fusion.summary_run_code_result(result, mapping) == summary


@pytest.mark.parametrize("language", HAVE_NOT)
def test_a_language_that_we_do_not_have_is_a_clear_sandbox_error(language: str, server: httpx.Client) -> None:
    answer = post(server, code="", language=language)
    assert answer["status"] == "SandboxError"
    assert f"does not have the language {language!r}" in answer["message"]
    assert (answer["compile_result"], answer["run_result"]) == (None, None)


def test_there_are_29_names() -> None:
    assert len(get_args(fusion.Name)) == 29


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"code": "", "language": "cobol"}, ["body", "language"]),
        ({"language": "python"}, ["body", "code"]),
        ({"code": "", "language": "python", "run_timeout": "soon"}, ["body", "run_timeout"]),
        ([], ["body"]),
    ],
)
def test_what_is_malformed_is_422_as_fastapi_says_it(body: object, where: list[str], server: httpx.Client) -> None:
    answer = server.post("/run_code", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == where


def test_the_answer_has_its_fields_and_defaults(server: httpx.Client) -> None:
    answer = post(server, code="import sys; print(1); print(2, file=sys.stderr)", language="python", unknown=1)
    result = answer.pop("run_result")
    assert answer == {
        "status": "Success",
        "message": "",
        "compile_result": None,
        "executor_pod_name": None,
        "files": {},
    }
    assert result.pop("execution_time") > 0
    assert result.pop("cpu_time") > 0
    assert result == {"status": "Finished", "return_code": 0, "stdout": "1\n", "stderr": "2\n"}


def test_ping_is_pong(server: httpx.Client) -> None:
    assert server.get("/v1/ping").json() == "pong"


def test_out_of_time_has_no_return_code_and_what_was_written(server: httpx.Client) -> None:
    code = "import sys, time; print('out', flush=True); print('err', file=sys.stderr, flush=True); time.sleep(60)"
    result = post(server, code=code, language="python", run_timeout=1)["run_result"]
    assert result["execution_time"] >= 1
    del result["execution_time"], result["cpu_time"]
    assert result == {"status": "TimeLimitExceeded", "return_code": None, "stdout": "out\n", "stderr": "err\n"}


def test_what_does_not_compile_has_no_run(server: httpx.Client) -> None:
    answer = post(server, code="int main() { return x; }", language="cpp")
    assert (answer["status"], answer["run_result"]) == ("Failed", None)
    assert answer["compile_result"]["return_code"] == 1
    assert "main.cpp:1" in answer["compile_result"]["stderr"]


def test_a_memory_kill_can_be_told_from_a_kill_of_its_own(server: httpx.Client) -> None:
    greedy = post(server, code="b = b'x' * (200 << 20)", language="python", memory_limit_MB=64)
    assert (greedy["status"], greedy["run_result"]["status"]) == ("Failed", "Finished")
    assert (greedy["run_result"]["return_code"], greedy["message"]) == (137, "run: Memory limit exceeded (64 MB)")
    own = post(server, code="import os; os.kill(os.getpid(), 9)", language="python", memory_limit_MB=64)
    assert (own["run_result"]["return_code"], own["message"]) == (-9, "")


def test_no_memory_limit_is_more_than_our_usual_one(server: httpx.Client) -> None:
    assert post(server, code="b = b'x' * (600 << 20); print(len(b))", language="python")["status"] == "Success"


def test_output_is_whole_up_to_the_most_there_is_and_said_to_be_cut_beyond(server: httpx.Client) -> None:
    whole = post(server, code="print('x' * (5 << 20), end='')", language="python")
    assert whole["run_result"]["stdout"] == "x" * (5 << 20)
    cut = post(server, code="while True: print('x' * (1 << 20), end='')", language="python")
    assert (cut["status"], cut["run_result"]["return_code"]) == ("Failed", 137)
    assert len(cut["run_result"]["stdout"]) == MAXIMA.output_bytes
    assert "run: Output limit exceeded" in cut["message"]
    assert "more bytes of stdout were dropped" in cut["message"]


def test_what_is_no_text_becomes_text_and_is_said_to(server: httpx.Client) -> None:
    answer = post(server, code=r"import os; os.write(1, b'a\xff')", language="python")
    assert answer["run_result"]["stdout"] == "a\ufffd"
    assert "stdout is not UTF-8" in answer["message"]


def test_files_go_in_and_come_out(server: httpx.Client) -> None:
    files = {"d/in": base64.b64encode(b"\xff\0").decode(), "./text": "YQ==\n", "none": None, "IGNORE_THIS_FILE": "?"}
    code = "import os; open('out', 'wb').write(open('d/in', 'rb').read() * 2); print(sorted(os.listdir()))"
    answer = post(server, code=code, language="python", files=files, fetch_files=["out", "./out", "absent"])
    twice = base64.b64encode(b"\xff\0\xff\0").decode()
    assert answer["files"] == {"out": twice, "./out": twice}
    assert answer["run_result"]["stdout"] == "['d', 'main.py', 'out', 'text']\n"
    assert answer["message"] == ""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"files": {"../x": ""}}, "stays in the program's directory; got '../x'"),
        ({"files": {"/etc/x": ""}}, "stays in the program's directory; got '/etc/x'"),
        ({"files": {"x": "?"}}, "'x' is not base64"),
        ({"fetch_files": ["../x"]}, "got '../x'"),
        ({"fetch_files": [str(number) for number in range(65)]}, "at most 64"),
        ({"files": {"main.py": ""}}, "the source's own name"),
        ({"run_timeout": 0}, "expected a run_timeout above 0; got 0"),
    ],
)
def test_what_cannot_be_done_is_a_sandbox_error_that_says_why(
    more: dict[str, Any], words: str, server: httpx.Client
) -> None:
    answer = post(server, code="", language="python", **more)
    assert answer["status"] == "SandboxError"
    assert words in answer["message"]


@pytest.mark.parametrize(
    ("code", "language", "more", "outcome"),
    [
        ("print(int(input()) + 1)", "python", {}, True),
        ("print(input())", "python", {}, False),
        ("print(", "python", {}, -2),
        ("while True: pass", "python", {"run_timeout": 0.5}, -3),
        ("b = b'x' * (200 << 20)", "python", {"memory_limit_MB": 64}, -2),
        ("int main() { return x; }", "cpp", {}, -4),
        (ONE_MORE["cpp"], "cpp", {}, True),
        ("", "lua", {}, -1),
    ],
)
def test_verl_reads_each_outcome_as_it_is(
    code: str, language: str, more: dict[str, Any], outcome: object, server: httpx.Client
) -> None:
    found = verl(server, code, "41", "42\n", language, **more)
    assert (type(found), found) == (type(outcome), outcome)


def test_verl_has_what_it_expects_where_it_gives_no_input(server: httpx.Client) -> None:
    assert verl(server, "import sys; print(repr(sys.stdin.read()))", None, "''") is True


def _step(**facts: Any) -> Step:
    usual = {"cpu_seconds": 0.1, "wall_seconds": 0.2, "peak_memory_bytes": 1, "peak": Peak.EXACT}
    return Step.model_validate({**usual, **facts})


@pytest.mark.parametrize(
    ("facts", "return_code"),
    [
        ({"ended": Ended.SIGNALLED, "signal": "SIGSEGV"}, -11),
        ({"ended": Ended.SIGNALLED, "signal": "SIGRTMIN+6"}, -40),
        ({"ended": Ended.PROCESS_LIMIT}, 137),
        ({"ended": Ended.DISK_LIMIT}, 137),
        ({"ended": Ended.CONTAINER_DEATH, "signal": "SIGKILL"}, 137),
    ],
)
def test_every_other_ending_is_finished_with_a_return_code(facts: dict[str, Any], return_code: int) -> None:
    wanted = fusion.RunCodeRequest(code="", language="python")
    program = fusion.program_of(wanted, MAXIMA)
    execution = Execution(language="python", version="", image="", compile=None, runs=(_step(**facts),))
    response = fusion.response_of(wanted, program, execution)
    assert response.status is fusion.RunStatus.FAILED
    assert response.run_result is not None
    assert (response.run_result.status, response.run_result.return_code) == ("Finished", return_code)


def test_a_time_limit_above_ours_is_ours_and_said_to_be() -> None:
    wanted = fusion.RunCodeRequest(code="", language="python", run_timeout=1e6, memory_limit_MB=10**6)
    program = fusion.program_of(wanted, MAXIMA)
    assert program.limits == MAXIMA
    late = _step(ended=Ended.WALL_LIMIT, signal="SIGKILL")
    execution = Execution(language="python", version="", image="", compile=None, runs=(late,))
    assert "1e+06 s are more than the 600 s" in fusion.response_of(wanted, program, execution).message


def test_the_defaults_are_its_own() -> None:
    program = fusion.program_of(fusion.RunCodeRequest(code="", language="python"), MAXIMA)
    assert (program.limits.wall_seconds, program.compile_limits.wall_seconds) == (10, 10)
    least = fusion.program_of(fusion.RunCodeRequest(code="", language="python", memory_limit_MB=1), MAXIMA).limits
    assert least == Limits(
        cpu_seconds=10,
        wall_seconds=10,
        memory_bytes=16 * MEBIBYTE,
        output_bytes=MAXIMA.output_bytes,
        processes=MAXIMA.processes,
    )


def test_who_has_to_come_again_is_told_504_which_verl_tries_again(narrow: str) -> None:
    body = {"code": "import time; time.sleep(0.3)", "language": "python"}

    def ask(_: int) -> list[httpx.Response]:
        answers = [httpx.post(f"{narrow}/run_code", json=body, timeout=60)]
        while answers[-1].status_code == 504 and len(answers) < 30:
            time.sleep(0.2)
            answers.append(httpx.post(f"{narrow}/run_code", json=body, timeout=60))
        return answers

    with ThreadPoolExecutor(8) as threads:
        answers = [answer for found in threads.map(ask, range(8)) for answer in found]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(answers) - len(refused) == 8
    assert {answer.status_code for answer in refused} == {504}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)

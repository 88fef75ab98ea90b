"""Piston's clients on our server: what Piston says, and open-r1's by what it sends and how it reads answers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from semantic_version import Version

from sandbox import languages
from sandbox.protocol import Ended, Limits, Peak, Step
from sandbox.server.piston_result import stage_of
from sandbox.server.runtimes import choose, installed, version_in

ONE_MORE = "print(int(input()) + 1)"
CPP = "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n + 1 << std::endl; }"
LATE, MEMORY = "Time limit exceeded (wall clock)", "Memory limit exceeded (64 MB)"
NO_CODE = "files must include at least one utf8 encoded file"
CHECKER = """
import sys
given, expected, got = (open(name).read().split() for name in sys.argv[1:])
print(100 if abs(float(got[0]) - float(expected[0])) < 0.1 else 0)
"""


@pytest.fixture
def server(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/api/v2", timeout=120) as client:
        yield client


def body(code: str = "", language: str = "python", **more: Any) -> dict[str, Any]:
    return {"language": language, "version": "*", "files": [{"content": code}], **more}


def post(server: httpx.Client, code: str = "", language: str = "python", **more: Any) -> dict[str, Any]:
    answer = server.post("/execute", json=body(code, language, **more))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    for stage in (found["compile"], found["run"]):
        assert all(isinstance(stage[name], str) for name in ("stdout", "stderr", "output"))
        assert (stage["code"] is None) == (stage["signal"] is not None)
    return found


def open_r1(
    server: httpx.Client, code: str, expected: str, language: str = "python", checker: str | None = None, **more: str
) -> float:
    """open-r1's request for one Codeforces test, and its reading of the answer: -0.1 if it does not compile, 1 or 0."""
    settings = {"TIME_LIMIT": 1.0, "MEMORY_LIMIT": 64.0, "INPUT_MODE": "stdio", **more}
    files = [
        {"name": f"main.{language}", "content": code},
        *([{"name": "checker.py", "content": checker}] if checker else []),
        {"name": "input.txt", "content": "41\r\n"},
        {"name": "correct_output.txt", "content": expected},
        {"name": "grader_config", "content": "\n".join(f"{key}={value}" for key, value in settings.items())},
    ]
    asked = {"files": files, "run_timeout": 11_000.0, "version": "*"}
    answer = server.post("/execute", json={**asked, "language": "cf_python3" if language == "python" else "c++17"})
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert "Resource temporarily unavailable" not in result["run"].get("stderr", "")
    if result["compile"]["code"] != 0:
        return -0.1
    return float(result["run"]["code"] == 0 and result["run"]["stdout"].strip() == "1")


def test_lists_its_runtimes(server: httpx.Client) -> None:
    found = {one["language"]: one for one in server.get("/runtimes").json()}
    assert found.keys() >= {"python", "c++", "c", "javascript", "typescript", "go", "java", "rust", "bash"}
    assert all(one.keys() == {"language", "version", "aliases"} for one in found.values())
    assert all(str(Version(one["version"])) == one["version"] != "0.0.0" for one in found.values())
    assert {"py", "python3"} <= set(found["python"]["aliases"])
    assert {"cpp", "g++", "c++17"} <= set(found["c++"]["aliases"])


def test_answers_as_piston_does(server: httpx.Client) -> None:
    result = post(
        server, "import sys; print(input(), sys.argv[1:]); print('e', file=sys.stderr)", stdin="a", args=["b"]
    )
    times = [result["run"].pop(name) for name in ("cpu_time", "wall_time", "memory")]
    assert all(isinstance(one, int) and one > 0 for one in times)
    assert result["run"] == {
        "stdout": "a ['b']\n", "stderr": "e\n", "output": "a ['b']\ne\n",
        "code": 0, "signal": None, "message": None, "status": None,
    }  # fmt: skip
    assert result["compile"]["code"] == 0
    assert (result["language"], result["version"]) == ("python", server.get("/runtimes").json()[0]["version"])


@pytest.mark.parametrize("language", ["c++", "cpp", "g++", "c++17"])
def test_compiles(language: str, server: httpx.Client) -> None:
    result = post(server, CPP, language, stdin="41")
    assert (result["language"], result["run"]["stdout"], result["compile"]["code"]) == ("c++", "42\n", 0)


def test_what_does_not_compile_has_its_compilation_for_a_run(server: httpx.Client) -> None:
    result = post(server, "int main() { return x; }", "c++")
    assert result["compile"] == result["run"]
    assert (result["run"]["code"], result["run"]["status"]) == (1, "RE")
    assert "error" in result["run"]["stderr"]


@pytest.mark.parametrize(
    ("code", "more", "expected"),
    [
        ("exit(3)", {}, (3, None, "RE", "Exited with error status 3")),
        ("import os; os.kill(os.getpid(), 11)", {}, (None, "SIGSEGV", "SG", "Caught fatal signal 11")),
        ("while True: pass", {"run_cpu_time": 200}, (None, "SIGKILL", "TO", "Time limit exceeded")),
        ("input(); import time; time.sleep(9)", {"run_timeout": 500}, (None, "SIGKILL", "TO", LATE)),
        ("b = b'x' * (200 << 20)", {"run_memory_limit": 64 << 20}, (None, "SIGKILL", "SG", MEMORY)),
        ("while True: print('x' * (1 << 20))", {}, (None, "SIGKILL", "OL", "stdout length exceeded")),
    ],
)  # fmt: skip
def test_says_how_it_ended(code: str, more: dict[str, Any], expected: tuple[object, ...], server: httpx.Client) -> None:
    run = post(server, code, **more)["run"]
    assert (run["code"], run["signal"], run["status"], run["message"]) == expected


def test_files_are_decoded_and_lie_beside_the_first_text(server: httpx.Client) -> None:
    files = [
        {"name": "data", "content": "/wA=", "encoding": "base64"},
        {"name": "d/more", "content": "ff01", "encoding": "hex"},
        {"name": "start.py", "content": "import beside; print(beside.data)", "encoding": "utf8"},
        {"name": "beside.py", "content": "data = [open(name, 'rb').read() for name in ('data', 'd/more')]"},
    ]
    assert post(server, files=files)["run"]["stdout"] == "[b'\\xff\\x00', b'\\xff\\x01']\n"


@pytest.mark.parametrize(("stdin", "arrives"), [(None, "\n"), ("", "\n"), ("a", "a\n"), ("a\n", "a\n")])
def test_input_ends_in_a_newline_as_piston_sees_to(stdin: str | None, arrives: str, server: httpx.Client) -> None:
    assert post(server, "import sys; print(repr(sys.stdin.read()))", stdin=stdin)["run"]["stdout"] == f"{arrives!r}\n"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ([], "language is required as a string"),
        ({**body(), "language": 3}, "language is required as a string"),
        ({**body(), "version": ""}, "version is required as a string"),
        ({**body(), "files": {}}, "files is required as an array"),
        ({**body(), "files": [{"content": ""}, {"name": "x"}]}, "files[1].content is required as a string"),
        ({**body(), "language": "cow"}, "cow-* runtime is unknown"),
        ({**body(), "version": "2.x"}, "python-2.x runtime is unknown"),
        ({**body(), "version": "newest"}, "python-newest runtime is unknown"),
        ({**body(), "files": []}, NO_CODE),
        ({**body(), "files": [{"content": "", "encoding": "hex"}]}, NO_CODE),
        (body(run_timeout="1"), "If specified, run_timeout must be a number"),
        (body(run_timeout=True), "If specified, run_timeout must be a number"),
        (body(compile_cpu_time=10**9), "compile_cpu_time cannot exceed the configured limit of 300000"),
        (body(run_memory_limit=10**12), "run_memory_limit cannot exceed the configured limit of 4294967296"),
        (body(run_timeout=-1), "run_timeout must be non-negative"),
        (body(stdin=3), "stdin must be a string"),
        (body(args="a"), "args must be an array of strings"),
        ({**body(), "files": [{"content": ""}, {"name": "../x", "content": ""}]}, "stays in the program's directory"),
        ({**body(), "files": [{"content": ""}, {"name": "x", "content": "0", "encoding": "hex"}]}, "not hexadecimal"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_400_in_pistons_words(wanted: object, message: str, server: httpx.Client) -> None:
    answer = server.post("/execute", json=wanted)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert message in answer.json()["message"]


def test_no_json_is_400(server: httpx.Client) -> None:
    answer = server.post("/execute", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "expected JSON" in answer.json()["message"]


RUNTIMES = installed(
    [("python", "Python 3.13.5"), ("cpp", "g++ (Debian 14.2.0-19) 14.2.0"), ("bash", "bash 5.2.37(1)")]
)


@pytest.mark.parametrize(
    "wanted",
    [
        "*",
        "3",
        "3.x",
        "3.13.5",
        "^3.2",
        "~3.13.1",
        ">=3.0.0 <4",
        ">= 3",
        ">=3.13.5",
        ">=v3.13.5",
        "2 || 3",
        "3.1 - 3.20",
        "v3.13.5",
        "=3",
    ],
)
def test_finds_a_version_by_npms_ranges(wanted: str) -> None:
    assert choose(RUNTIMES, "py3", wanted) is RUNTIMES[0]


@pytest.mark.parametrize("wanted", ["2", "<3", "^3.14", "~3.12.0", "3.13.4", ">3.13.5", "latest", "3.13.5.1"])
def test_finds_no_version_outside_them(wanted: str) -> None:
    assert choose(RUNTIMES, "python", wanted) is None


def test_the_newest_of_several_is_chosen() -> None:
    several = installed([("python", "Python 3.9.1"), ("python", "Python 3.13.5"), ("python", "Python 3.10")])
    chosen = choose(several, "python", "*")
    assert chosen is not None
    assert str(chosen.version) == "3.13.5"


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("go version go1.24.4 linux/amd64", "1.24.4"),
        ("javac 25", "25.0.0"),
        ("TypeScript 7.0.2, Node v20.19.2", "7.0.2"),
    ],
)
def test_reads_versions(said: str, version: str) -> None:
    assert str(version_in(said)) == version


def test_no_two_languages_have_a_name_in_common() -> None:
    everything = installed((name, "1") for name in languages.catalogue())
    names = [name for one in everything for name in (one.language, *one.aliases)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"ended": Ended.PROCESS_LIMIT}, (1, None, "RE", "Process limit exceeded")),
        ({"ended": Ended.DISK_LIMIT}, (1, None, "RE", "Disk limit exceeded")),
        ({"ended": Ended.OUTPUT_LIMIT, "stderr_dropped": 1}, (None, "SIGKILL", "EL", "stderr length exceeded")),
        ({"ended": Ended.SIGNALLED, "signal": "SIGRTMIN+6"}, (None, "SIGRTMIN+6", "SG", "Caught fatal signal 40")),
    ],
)
def test_has_words_for_every_ending(facts: dict[str, Any], expected: tuple[object, ...]) -> None:
    usual = {"cpu_seconds": 0.1, "wall_seconds": 0.2, "peak_memory_bytes": 1, "peak": Peak.EXACT}
    stage = stage_of(Step.model_validate({**usual, **facts}), Limits())
    assert (stage.code, stage.signal, stage.status, stage.message) == expected


@pytest.mark.parametrize(
    ("code", "language", "score"),
    [
        (ONE_MORE, "python", 1.0),
        ("print(int(input()))", "python", 0.0),
        ("print(int(input()) + 1); exit(1)", "python", 0.0),
        ("while True: pass", "python", 0.0),
        ("print(open('correct_output.txt').read())", "python", 0.0),
        (CPP, "cpp", 1.0),
        ("int main() { return x; }", "cpp", -0.1),
    ],
)
def test_open_r1_scores_codeforces_submissions(code: str, language: str, score: float, server: httpx.Client) -> None:
    assert open_r1(server, code, "42\r\n\r\n", language) == score


def test_open_r1_may_send_a_checker(server: httpx.Client) -> None:
    scores = [open_r1(server, f"print({answer})", "42.0", checker=CHECKER) for answer in ("42.05", "43")]
    assert scores == [1.0, 0.0]


def test_open_r1s_old_problems_read_and_write_files(server: httpx.Client) -> None:
    code = "open('output.txt', 'w').write(str(int(open('input.txt').read()) + 1))"
    assert open_r1(server, code, "42", INPUT_MODE="file") == 1.0
    assert open_r1(server, "pass", "42", INPUT_MODE="file") == 0.0


@pytest.mark.parametrize(
    ("code", "return_code", "words"),
    [
        ("while True: pass", 124, "Time limit exceeded (1s)"),
        ("b = b'x' * (200 << 20)", 134, "Memory limit exceeded (64MB)"),
        ("exit(7)", 7, "Runtime error with exit code 7"),
        ("import os; os.kill(os.getpid(), 11)", 139, "Runtime error with exit code 139"),
    ],
)
def test_failed_submissions_have_the_packages_return_codes(
    code: str, return_code: int, words: str, server: httpx.Client
) -> None:
    files = [
        {"name": "main.python", "content": code},
        {"name": "input.txt", "content": ""},
        {"name": "correct_output.txt", "content": ""},
        {"name": "grader_config", "content": "TIME_LIMIT=1\nMEMORY_LIMIT=64"},
    ]
    run = post(server, language="cf_python3", files=files)["run"]
    assert (run["stdout"], run["stderr"], run["code"]) == ("0\n", f"{words}\n", return_code)

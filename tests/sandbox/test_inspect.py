"""The provider, under inspect_ai's own checks of providers, and in an evaluation by inspect_ai."""

import json
from collections.abc import AsyncIterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from inspect_ai import Task, eval_async
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import TaskState, generate
from inspect_ai.util import OutputLimitExceededError, SandboxEnvironmentSpec, SandboxUnavailableError, sandbox
from inspect_ai.util._sandbox import self_check

from sandbox.errors import ServerUnreachable
from sandbox.held import Files
from sandbox.inspect import Config, LovelaceSandbox

ROOT = Path(__file__).parents[2]
CHECKS: dict[str, Any] = {name: getattr(self_check, name) for name in self_check.__all__}
CANNOT = {"test_exec_as_user": "nobody may add users, and every command has a uid of its own"}
"""Those of inspect_ai's checks that the provider does not pass, and why."""


@pytest_asyncio.fixture
async def provider(address: str) -> AsyncIterator[LovelaceSandbox]:
    environments = await LovelaceSandbox.sample_init("test", address, {})
    yield environments["default"].as_type(LovelaceSandbox)
    await LovelaceSandbox.sample_cleanup("test", address, environments, interrupted=False)


@pytest.mark.parametrize("name", sorted(CHECKS.keys() - CANNOT.keys()))
async def test_passes_the_checks_that_inspect_ai_has_for_providers(name: str, provider: LovelaceSandbox) -> None:
    await CHECKS[name](provider)


@pytest.mark.parametrize("name", CANNOT)
async def test_fails_no_more_of_them_than_it_says(name: str, provider: LovelaceSandbox) -> None:
    with pytest.raises(Exception, match="a sandbox's processes have a uid each"):
        await CHECKS[name](provider)


@scorer(metrics=[accuracy()])
def runs_well() -> Scorer:
    """Whether the answer, run in the sandbox on the sample's file, prints the target."""

    async def score(state: TaskState, target: Target) -> Score:
        await sandbox().write_file("answer.py", state.output.completion)
        done = await sandbox().exec(["python3", "answer.py"])
        return Score(value="C" if done.stdout == target.text else "I", explanation=done.stderr)

    return score


async def test_evaluates_with_inspect_ai(address: str, tmp_path: Path) -> None:
    answers = ["print(open('data.txt').read() * 2)", "print(1 / 0)"]
    task = Task(
        dataset=[Sample(input="double it", target="abab\n", files={"data.txt": "ab"}) for _ in answers],
        solver=generate(),
        scorer=runs_well(),
        sandbox=SandboxEnvironmentSpec("lovelace", Config(url=address, memory_mb=256)),
    )
    usage = ModelUsage(total_tokens=1)  # or they would be counted, by what has to be downloaded
    outputs = [
        ModelOutput.from_content("mockllm/model", answer).model_copy(update={"usage": usage}) for answer in answers
    ]
    model = get_model("mockllm/model", custom_outputs=outputs)
    (log,) = await eval_async(task, model=model, log_dir=str(tmp_path), max_samples=1)
    assert log.status == "success", log.error
    assert log.samples is not None
    scores = [(sample.scores or {})["runs_well"] for sample in log.samples]
    assert [score.value for score in scores] == ["C", "I"]
    assert "ZeroDivisionError" in (scores[1].explanation or "")
    sandboxed = log.eval.sandbox
    assert sandboxed is not None
    assert sandboxed.config == Config(url=address, memory_mb=256)


def test_the_entry_point_registers_it() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert '[project.entry-points.inspect_ai]\nlovelace = "sandbox.inspect"' in pyproject
    module = EntryPoint("lovelace", "sandbox.inspect", "inspect_ai").load()
    assert module.LovelaceSandbox is LovelaceSandbox


async def test_a_command_finds_what_the_one_before_it_left(provider: LovelaceSandbox) -> None:
    made = await provider.exec(["sh", "-c", "mkdir -p a/b && echo 1 > a/b/x && ln -s b/x a/link && chmod 700 a/b/x"])
    assert made.success, made.stderr
    found = await provider.exec(["sh", "-c", "cat a/link; stat -c %a a/b/x; echo 2 > a/link; mv a/b/x /tmp/y; pwd"])
    assert found.stdout == "1\n700\n/tmp/sample\n"
    assert await provider.read_file("/tmp/y") == "2\n"
    with pytest.raises(FileNotFoundError):
        await provider.read_file("a/b/x")
    with pytest.raises(FileNotFoundError):
        await provider.read_file("a/link")


async def test_a_link_leads_reads_and_writes_where_it_points(provider: LovelaceSandbox) -> None:
    await provider.write_file("real/x", "1")
    await provider.exec(["sh", "-c", "ln -s real seeming; ln -s /etc/hostname host; ln -s loop loop"])
    await provider.write_file("seeming/x", "2")
    assert await provider.read_file("real/x") == "2"
    assert await provider.read_file("host") == (await provider.exec(["cat", "/etc/hostname"])).stdout
    with pytest.raises(OSError, match="Too many levels"):
        await provider.read_file("loop")


async def test_what_was_written_before_a_timeout_is_kept_and_no_process_is(provider: LovelaceSandbox) -> None:
    with pytest.raises(TimeoutError):
        await provider.exec(["sh", "-c", "echo 1 > x; setsid sh -c 'sleep 4; echo 2 > x' & sleep 60"], timeout=1)
    assert await provider.read_file("x") == "1\n"


async def test_closed_files_and_directories_are_carried_as_they_are(provider: LovelaceSandbox) -> None:
    await provider.exec(["sh", "-c", "mkdir d; echo 1 > d/x; chmod 0 d/x; chmod 0 d"])
    found = await provider.exec(["sh", "-c", "stat -c %a d; cat d/x; chmod 700 d; stat -c %a d/x"])
    assert found.stdout == "0\n0\n"
    assert "Permission denied" in found.stderr


async def test_a_command_that_takes_too_much_memory_fails_and_changes_nothing(address: str) -> None:
    provider = LovelaceSandbox(Config(url=address, memory_mb=64))
    try:
        await provider.write_file("x", "1")
        done = await provider.exec(["python3", "-c", "open('x', 'w').write('2'); b = b'x' * (200 << 20)"])
        assert (done.success, done.returncode) == (False, 137)
        assert "memory limit" in done.stderr
        assert await provider.read_file("x") == "1"
    finally:
        await provider.close()


async def test_too_much_output_is_an_error_with_its_beginning(provider: LovelaceSandbox) -> None:
    with pytest.raises(OutputLimitExceededError, match="10 MiB") as caught:
        await provider.exec(["sh", "-c", "echo 1 > kept; yes | head -c 11000000"])
    assert (caught.value.truncated_output or "").startswith("y\ny\n")
    assert await provider.read_file("kept") == "1\n"


async def test_a_command_that_kills_its_courier_fails(provider: LovelaceSandbox) -> None:
    done = await provider.exec(["sh", "-c", "kill -9 $PPID"])
    assert (done.success, done.returncode) == (False, 137)


@pytest.mark.parametrize("path", ["/etc/x", "/x", "/tmp/../etc/x", "../../etc/x"])
async def test_nothing_is_written_outside(path: str, provider: LovelaceSandbox) -> None:
    with pytest.raises(PermissionError):
        await provider.write_file(path, "")


async def test_a_server_that_is_away_is_inspects_own_error(provider: LovelaceSandbox) -> None:
    away = LovelaceSandbox(Config(url="http://127.0.0.1:1", patience_seconds=0.1))
    with pytest.raises(SandboxUnavailableError, match="no answer"):
        await away.exec(["true"])
    await away.close()


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"x" * 40,
        b"%020d" % 0,
        b"{}" + b"%020d" % 2,
        b"%020d" % (10**18),
        b'{"code": 0, "late": false, "forbidden": false, "files": [%s]}',
    ],
)
def test_a_report_that_makes_no_sense_is_refused(report: bytes) -> None:
    files = Files()
    hostile = {"path": "/etc/passwd", "kind": "file", "mode": 0o644, "size": 0}
    if b"%s" in report:
        report = report.replace(b"%s", json.dumps(hostile).encode())
        report += b"%020d" % len(report)
    with pytest.raises(ServerUnreachable):
        files.take(report)
    assert files == Files()


def test_a_report_of_more_than_came_is_refused() -> None:
    entry = {"path": "/tmp/x", "kind": "file", "mode": 0o644, "size": 10**15}
    told = json.dumps({"code": 0, "late": False, "forbidden": False, "files": [entry]}).encode()
    with pytest.raises(ServerUnreachable):
        Files().take(told + b"%020d" % len(told))

"""Real models behind a real miner: vLLM, transformers, and another server's vLLM, in the environment of `make engine`.

The model is two layers that have learnt nothing; what is tested is that what it says arrives as it was said.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from miner.auth import Signed
from miner.client import MinerClient
from miner.errors import MinerError
from miner.protocol import ChatMessage, ChatRequest
from miner.testing import Subnet

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-engine" / "bin" / "python"
OPTIONS = ("--enforce-eager", "--max-model-len", "8192", "--max-num-seqs", "16")
SMALL = {"OMP_NUM_THREADS": "1", "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind"}
SECONDS = 300
_CHILD = "miner.engines.child"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    code = f"from pathlib import Path; from miner.engines.tiny import build; build(Path({str(folder)!r}))"
    subprocess.run([PYTHON, "-c", code], check=True, cwd=ROOT)
    return folder


@contextmanager
def _process(*command: object) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [PYTHON, *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | SMALL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.stdin.close()
        assert process.wait(timeout=60) is not None
        process.stdout.close()


@contextmanager
def _miner(subnet: Subnet, *engine: object) -> Iterator[str]:
    options = ("--key", subnet.miner_key, "--ledger", subnet.path, "--stop-on-eof")
    with _process("-m", "lovelace", "miner", "serve", *options, *engine) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        assert line.startswith("listening on "), line
        yield line.removeprefix("listening on ").strip()


@pytest.fixture(scope="module", params=["vllm", "transformers", "openai"])
def miner(request: pytest.FixtureRequest, subnet: Subnet, tiny: Path) -> Iterator[str]:
    match request.param:
        case "transformers":
            with _miner(subnet, "--engine", "transformers", "--model", tiny) as url:
                yield url
        case "vllm":
            with _miner(subnet, *_vllm(tiny)) as url:
                yield url
        case "openai":
            with _served_by_vllm(tiny) as behind, _miner(subnet, *_openai(behind)) as url:
                yield url


def _openai(behind: str) -> tuple[object, ...]:
    return ("--engine", "openai", "--engine-url", f"{behind}/v1", "--model", "behind")


def _vllm(tiny: Path) -> tuple[object, ...]:
    return ("--engine", "vllm", "--model", tiny, *(f"--option={option}" for option in OPTIONS))


@contextmanager
def _served_by_vllm(tiny: Path) -> Iterator[str]:
    code = (
        "import asyncio, sys\n"
        "from miner.engines.vllm import Vllm\n"
        "async def main():\n"
        "    engine = Vllm(sys.argv[1], 'behind', sys.argv[2:])\n"
        "    await engine.open()\n"
        "    print(engine.url, flush=True)\n"
        "    await asyncio.to_thread(sys.stdin.read)\n"
        "    await engine.close()\n"
        "asyncio.run(main())\n"
    )
    with _process("-c", code, tiny, *OPTIONS) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()


def _asked(**fields: Any) -> dict[str, Any]:
    return {"model": "any", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 24, "seed": 7, **fields}


@pytest.fixture
def official(subnet: Subnet, miner: str) -> openai.AsyncOpenAI:
    http = openai.DefaultAsyncHttpxClient(auth=Signed(subnet.validator, subnet.miner.hotkey), timeout=120)
    return openai.AsyncOpenAI(base_url=f"{miner}/v1", api_key="unused", http_client=http, max_retries=0)


async def test_a_chat_streamed_is_the_chat_whole(official: openai.AsyncOpenAI) -> None:
    whole = await official.chat.completions.create(**_asked(n=3))
    pieces, usage = {0: "", 1: "", 2: ""}, None
    stream = await official.chat.completions.create(**_asked(n=3, stream=True, stream_options={"include_usage": True}))
    async for chunk in stream:
        for choice in chunk.choices:
            pieces[choice.index] += choice.delta.content or ""
        usage = chunk.usage or usage
    assert pieces == {choice.index: choice.message.content for choice in whole.choices}
    assert len(set(pieces.values())) == 3
    assert usage is not None
    assert whole.usage is not None
    assert usage.completion_tokens == whole.usage.completion_tokens > 24


async def test_the_likeliest_token_has_the_highest_probability(official: openai.AsyncOpenAI) -> None:
    answer = await official.chat.completions.create(**_asked(temperature=0, logprobs=True, top_logprobs=3))
    assert answer.choices[0].logprobs is not None
    tokens = answer.choices[0].logprobs.content or []
    assert 1 <= len(tokens) <= 24
    for token in tokens:
        assert token.logprob <= 0
        assert token.logprob == pytest.approx(max(top.logprob for top in token.top_logprobs), abs=1e-4)


async def test_a_text_is_continued_up_to_where_it_is_to_stop(official: openai.AsyncOpenAI) -> None:
    free = await official.completions.create(model="any", prompt="once upon", max_tokens=40, temperature=0)
    text = free.choices[0].text
    stop = text[len(text) // 2 :][:2]
    cut = await official.completions.create(model="any", prompt="once upon", max_tokens=40, temperature=0, stop=[stop])
    assert stop.isprintable() or stop
    assert cut.choices[0].text == text[: text.index(stop)]
    assert cut.choices[0].finish_reason == "stop"


async def test_many_at_once_are_each_answered_as_alone(subnet: Subnet, miner: str) -> None:
    requests = [
        ChatRequest(model="any", messages=(ChatMessage(role="user", content="x" * n),), max_tokens=8, temperature=0)
        for n in range(1, 9)
    ]
    async with httpx.AsyncClient(timeout=120) as http:
        ours = MinerClient(http, subnet.validator)

        async def ask(request: ChatRequest) -> str:
            answer = await ours.complete(miner, subnet.miner.hotkey, request, deadline_seconds=120)
            return answer.response.choices[0].message.content

        alone = [await ask(request) for request in requests]
        assert await asyncio.gather(*map(ask, requests)) == alone


async def test_who_hangs_up_stops_the_work_in_vllm_and_a_killed_one_comes_back(subnet: Subnet, tiny: Path) -> None:
    hello = (ChatMessage(role="user", content="hello"),)
    long = ChatRequest(model="any", messages=hello, n=128, max_tokens=8000)  # of which 16 are in work at once
    with _miner(subnet, *_vllm(tiny)) as url:
        behind = f"http://127.0.0.1:{_port_of_vllm()}"
        async with httpx.AsyncClient(timeout=120) as http:
            ours = MinerClient(http, subnet.validator)
            asking = asyncio.create_task(ours.complete(url, subnet.miner.hotkey, long, deadline_seconds=120))
            await _until(lambda: asking.done() or _running(behind) > 0)
            assert not asking.done(), asking.exception() or asking.result()
            asking.cancel()
            await _until(lambda: _running(behind) == 0)
            asking = asyncio.create_task(ours.complete(url, subnet.miner.hotkey, long, deadline_seconds=120))
            await _until(lambda: asking.done() or _running(behind) > 0)
            assert not asking.done(), asking.exception() or asking.result()
            os.kill(_pid_of_vllm(), signal.SIGKILL)
            with pytest.raises(MinerError):
                await asking
            await _until(lambda: httpx.get(f"{url}/readyz").status_code == 503)
            await _until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
            short = long.model_copy(update={"n": 1, "max_tokens": 4})
            answer = await ours.complete(url, subnet.miner.hotkey, short, deadline_seconds=120)
            assert answer.response.usage.completion_tokens <= 4


def _running(behind: str) -> int:
    """Sequences that vLLM has in work, by its own account."""
    found = re.search(r"^vllm:num_requests_running\{.*\} ([\d.]+)", httpx.get(f"{behind}/metrics").text, re.MULTILINE)
    assert found is not None
    return int(float(found[1]))


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110  it is another process's state
            await asyncio.sleep(0.2)


def _pid_of_vllm() -> int:
    module = "vllm.entrypoints.openai.api_server"
    mine = [pid for pid, command in _commands() if {module, "tiny"} <= {*command} and _CHILD not in command]
    assert len(mine) == 1, mine
    return mine[0]


def _port_of_vllm() -> int:
    command = dict(_commands())[_pid_of_vllm()]
    return int(command[command.index("--port") + 1])


def _commands() -> Iterator[tuple[int, list[str]]]:
    """Of all processes that descend from this one."""
    tree = subprocess.run(["ps", "-eo", "pid=,ppid="], check=True, capture_output=True, text=True).stdout.split("\n")
    parents = {int(line.split()[0]): int(line.split()[1]) for line in tree if line.strip()}
    for pid in parents:
        above = pid
        while above and above != os.getpid():
            above = parents.get(above, 0)
        if above:
            try:
                yield pid, Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue


def test_without_its_library_an_engine_says_what_to_do(subnet: Subnet) -> None:
    for engine, why in (("vllm", "make engine"), ("nothing", "unknown engine"), ("json:Nothing", "no engine")):
        said = subprocess.run(
            [sys.executable, "-m", "lovelace", "miner", "serve", "--key", str(subnet.miner_key), "--ledger",
             str(subnet.path), "--engine", engine, "--model", "m"],
            check=False, capture_output=True, text=True, cwd=ROOT,
        )  # fmt: skip
        assert said.returncode == 2
        assert why in " ".join(said.stderr.split()), said.stderr
        assert json.dumps(said.stderr).count("Traceback") == 0

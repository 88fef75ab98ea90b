"""A companion that is started once and asked in one run after another."""

import json
from collections.abc import AsyncIterator

import pytest

from sandbox.image import find
from sandbox.keeper.inside import Inside
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import Companion, Ended, Limits, Outcome, Program, Run, Step

ASKED = """
import json, os, socket, sys, time
control, asked = socket.socket(fileno=3), 0
def answer(text, stays=1, code=0):
    control.send(bytes([stays, code]) + text.encode())
while True:
    told, (memory, joined), _, _ = socket.recv_fds(control, 1, 2)
    question = os.pread(memory, 1 << 20, 0).decode()
    os.close(memory)
    asked += 1
    with socket.socket(fileno=joined) as connection:
        said = connection.recv(100).decode()
        exec(question)
"""
TELL = "answer(json.dumps([os.getpid(), asked, said]))"
SOLUTION = "import socket\nsocket.socket(fileno=3).send(b'%s')"


@pytest.fixture
async def lease(client: object) -> AsyncIterator[Lease]:
    from docker import APIClient
    from sandbox import engine

    assert isinstance(client, APIClient)
    async with (
        Pool(Inside(engine.Engine(client)), find(client, ["python"]), slots=1, warm=0) as pool,
        pool.lease() as lease,
    ):
        yield lease


async def ask(lease: Lease, question: str, *, source: str = SOLUTION % "x", **limits: float) -> tuple[Step, Outcome]:
    companion = Companion(language="python", source=ASKED.encode(), question=question.encode())
    run = Run(companion=companion)
    program = Program(language="python", source=source.encode(), runs=(run,), limits=Limits(**limits))
    (step,) = (await lease.execute(program)).runs
    assert step.companion is not None
    return step, step.companion


async def test_the_same_process_is_asked_in_run_after_run(lease: Lease) -> None:
    told = [json.loads((await ask(lease, TELL, source=SOLUTION % word))[1].stdout) for word in ("a", "b", "c")]
    assert [asked[1:] for asked in told] == [[1, "a"], [2, "b"], [3, "c"]]
    assert len({pid for pid, _, _ in told}) == 1


async def test_its_exit_code_and_output_are_an_outcome_as_any_other(lease: Lease) -> None:
    _, said = await ask(lease, "answer('no', 1, 3)")
    assert (said.ended, said.exit_code, said.stdout, said.stderr) == (Ended.EXITED, 3, b"no", b"")


async def test_one_that_says_that_it_leaves_is_replaced(lease: Lease) -> None:
    first = json.loads((await ask(lease, TELL.replace("said]))", "said]), 0)")))[1].stdout)
    second = json.loads((await ask(lease, TELL))[1].stdout)
    assert first[0] != second[0]
    assert second[1] == 1


@pytest.mark.parametrize("end", ["os._exit(7)", "os.kill(os.getpid(), 9)"])
async def test_one_that_dies_is_told_of_and_replaced(end: str, lease: Lease) -> None:
    await ask(lease, TELL)
    _, said = await ask(lease, end)
    assert (said.exit_code, said.signal) in ((7, None), (None, "SIGKILL"))
    assert json.loads((await ask(lease, TELL))[1].stdout)[1] == 1


async def test_one_that_does_not_answer_is_ended_by_the_limit_and_replaced(lease: Lease) -> None:
    step, said = await ask(lease, "time.sleep(60)", wall_seconds=0.5)
    assert step.ended is Ended.WALL_LIMIT
    assert said.stdout == b""
    assert json.loads((await ask(lease, TELL))[1].stdout)[1] == 1


async def test_what_it_uses_counts_in_the_limits_of_the_run(lease: Lease) -> None:
    step, _ = await ask(lease, "while True: pass", cpu_seconds=0.3)
    assert step.ended is Ended.CPU_LIMIT
    step, _ = await ask(lease, "kept = bytearray(100 << 20); answer('')", memory_bytes=64 << 20)
    assert step.ended is Ended.MEMORY_LIMIT
    step, _ = await ask(lease, "answer('x' * 100)", output_bytes=10)
    assert step.ended is Ended.OUTPUT_LIMIT


async def test_one_that_used_much_is_renewed_before_its_own_limit_ends_it(lease: Lease) -> None:
    busy = "end = time.process_time() + 0.6\nwhile time.process_time() < end: pass\n" + TELL
    told = [json.loads((await ask(lease, busy, cpu_seconds=2, wall_seconds=300))[1].stdout) for _ in range(5)]
    assert [asked for _, asked, _ in told] == [1, 2, 1, 2, 1]


async def test_one_whose_run_took_much_memory_is_renewed(lease: Lease) -> None:
    told = [json.loads((await ask(lease, "kept = bytearray(64 << 20)\n" + TELL))[1].stdout) for _ in range(2)]
    assert [asked for _, asked, _ in told] == [1, 1]


async def test_a_run_that_does_not_ask_it_ends_it_first(lease: Lease) -> None:
    pid, _, _ = json.loads((await ask(lease, TELL))[1].stdout)
    look = f"import os\nprint(os.path.exists('/proc/{pid}'))"
    (step,) = (await lease.execute(Program(language="python", source=look.encode(), runs=(Run(),)))).runs
    assert step.stdout == b"False\n"
    assert json.loads((await ask(lease, TELL))[1].stdout)[1] == 1


async def test_what_a_program_leaves_alive_beside_it_is_killed(lease: Lease) -> None:
    await ask(lease, TELL)
    daemon = "import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(60)\n" + SOLUTION % "x"
    await ask(lease, TELL, source=daemon)
    look = "import os\nprint(sum(name.isdigit() for name in os.listdir('/proc')))\n" + SOLUTION % "x"
    step, _ = await ask(lease, "time.sleep(0.3)\n" + TELL, source=look)
    assert int(step.stdout) <= 4  # the supervisor, the zygote, it, and whoever looks


async def test_a_program_reaches_neither_its_memory_nor_its_files_nor_itself(lease: Lease) -> None:
    pid, _, _ = json.loads((await ask(lease, TELL))[1].stdout)
    spy = f"""
import os, signal
def outcome(act, *arguments):
    try:
        return repr(act(*arguments))
    except OSError as error:
        return type(error).__name__
print([outcome(*attempt) for attempt in (
    (open, '/proc/{pid}/mem', 'rb'), (os.listdir, '/proc/{pid}/fd'), (open, '/proc/{pid}/environ'),
    (os.listdir, '/proc/{pid}/cwd'), (open, '/proc/{pid}/maps'), (os.kill, {pid}, signal.SIGKILL),
    (os.kill, {pid}, signal.SIGSTOP))])
"""
    step, said = await ask(lease, "time.sleep(0.2)\n" + TELL, source=spy + SOLUTION % "x")
    assert step.stdout == (str(["PermissionError"] * 7) + "\n").encode()
    assert json.loads(said.stdout)[:2] == [pid, 2]

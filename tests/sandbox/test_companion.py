"""A program and its companion: joined by a socket, and by nothing else."""

import json
from collections.abc import Awaitable, Callable

import pytest

from sandbox.protocol import Ended, Limits, Step

Python = Callable[..., Awaitable[Step]]

JOINED = "import json, os, signal, socket, sys, time\njoined = socket.socket(fileno=3).makefile('rw')\n"
SAY = "print(json.dumps({}), file=joined, flush=True)\n"
TELL_ALL = SAY.format("[os.getpid(), os.getcwd(), os.getuid()]")
SPY = """
def outcome(act, *arguments):
    try:
        return repr(act(*arguments))
    except OSError as error:
        return type(error).__name__
pid, directory, uid = json.loads(joined.readline())
print(json.dumps([uid != os.getuid(), *(outcome(act, *arguments) for act, *arguments in (
    (os.listdir, directory), (open, f'{directory}/main.py'), (open, f'/proc/{pid}/mem', 'rb'),
    (open, f'/proc/{pid}/environ'), (os.listdir, f'/proc/{pid}/fd'), (open, f'/proc/{pid}/cwd/main.py'),
    (os.kill, pid, signal.SIGSTOP), (os.kill, pid, signal.SIGKILL), (open, f'{directory}/new', 'w')))]), flush=True)
"""


async def test_two_programs_speak_over_descriptor_3(python: Python) -> None:
    step = await python(
        JOINED + "for line in joined: " + SAY.format("2 * json.loads(line)"),
        companion=JOINED + "for n in range(100):\n    " + SAY.format("n") + "    print(joined.readline(), end='')",
    )
    assert step.companion is not None
    assert step.companion.stdout == b"".join(b"%d\n" % (2 * n) for n in range(100))
    assert (step.companion.ended, step.companion.exit_code) == (Ended.EXITED, 0)


async def test_each_has_streams_of_its_own(python: Python) -> None:
    step = await python(
        JOINED + "print(input()); print('e', file=sys.stderr); sys.stdout.close(); joined.write('x'); joined.close()",
        stdin=b"for the program",
        companion=JOINED + "joined.read(); print([sys.stdin.read(), 'c']); sys.exit(4)",
    )
    assert (step.stdout, step.stderr) == (b"for the program\n", b"e\n")
    assert step.companion is not None
    assert (step.companion.stdout, step.companion.stderr, step.companion.exit_code) == (b"['', 'c']\n", b"", 4)


async def test_the_companions_end_ends_the_run(python: Python) -> None:
    step = await python(
        JOINED + TELL_ALL + "time.sleep(60)",
        companion=JOINED + "joined.readline(); print('seen enough')",
    )
    assert step.wall_seconds < 10
    assert (step.ended, step.signal) == (Ended.SIGNALLED, "SIGKILL")
    assert step.companion is not None
    assert step.companion.stdout == b"seen enough\n"


async def test_the_programs_end_does_not_end_the_run(python: Python) -> None:
    step = await python(
        "import os; os._exit(9)",
        companion=JOINED + "print(repr(joined.read())); time.sleep(0.2); print('judged')",
    )
    assert step.exit_code == 9
    assert step.wall_seconds >= 0.2
    assert step.companion is not None
    assert step.companion.stdout == b"''\njudged\n"


async def test_neither_can_read_or_stop_the_other(python: Python) -> None:
    """Each tells the other all about itself, and tries to get at it while it waits."""
    step = await python(
        JOINED + TELL_ALL + SPY + SAY.format("'done'") + "joined.readline()",
        companion=JOINED + TELL_ALL + SPY + SAY.format("'done'") + "joined.readline()",
    )
    assert step.companion is not None
    for outcome in (step, step.companion):
        others, *refusals = json.loads(outcome.stdout)
        assert others is True
        assert refusals == ["PermissionError"] * 9


async def test_limits_are_of_both_together(python: Python) -> None:
    spin = JOINED + "while True: pass"
    step = await python(spin, companion=spin, limits=Limits(cpu_seconds=0.5))
    assert step.ended is Ended.CPU_LIMIT
    assert 0.5 <= step.cpu_seconds < 0.8
    assert step.wall_seconds < 10


@pytest.mark.parametrize("leaves", ["pass", "import os; os.kill(os.getpid(), 9)"])
async def test_nothing_of_a_companion_is_left(leaves: str, python: Python) -> None:
    await python(JOINED + "joined.read()", companion=leaves)
    step = await python("import os; print([n for n in range(50) if os.path.lexists(f'/runs/{n}')], os.listdir('/tmp'))")
    assert step.stdout == b"[3] []\n"

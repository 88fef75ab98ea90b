"""The facts that a lease tells, of programs that try it."""

import random
from collections.abc import Awaitable, Callable

import pytest

from sandbox.errors import BadRequest
from sandbox.lease import Lease
from sandbox.protocol import MEBIBYTE, Companion, Ended, Limits, Program, Run, Step

Python = Callable[..., Awaitable[Step]]

CAT = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
ALLOCATE = "b = bytearray(100 << 20); b[::4096] = bytes([1]) * len(b[::4096]); print('fine')"
ARTEFACT = """
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int, char **argv) {
    struct stat facts;
    if (stat("/proc/self/exe", &facts)) return 1;
    char directory[4096] = {0};
    if (readlink("/proc/self/exe", directory, sizeof directory - 1) < 0) return 2;
    int written = open(directory, O_WRONLY), removed = unlink(directory);
    printf("%d %d %o %d %d %s\\n", getuid(), facts.st_uid, facts.st_mode & 07777, written, removed, argv[1]);
}
"""


async def test_tells_standard_output_and_error_apart(python: Python) -> None:
    step = await python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (step.ended, step.exit_code, step.signal) == (Ended.EXITED, 3, None)
    assert (step.stdout, step.stderr, step.stdout_dropped, step.stderr_dropped) == (b"out\n", b"err\n", 0, 0)


@pytest.mark.parametrize(("number", "name"), [(6, "SIGABRT"), (9, "SIGKILL"), (40, "SIGRTMIN+6"), (64, "SIGRTMAX")])
async def test_names_the_signal(number: int, name: str, python: Python) -> None:
    step = await python(f"import os; os.kill(os.getpid(), {number})")
    assert (step.ended, step.exit_code, step.signal) == (Ended.SIGNALLED, None, name)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_keeps_the_first_bytes_and_counts_the_others(stream: str, python: Python) -> None:
    source = f"import sys; sys.{stream}.write('0123456789'); sys.{stream}.flush()"
    step = await python(source, limits=Limits(output_bytes=4))
    assert step.ended is Ended.OUTPUT_LIMIT
    assert (getattr(step, stream), getattr(step, f"{stream}_dropped")) == (b"0123", 6)


async def test_exactly_the_limit_is_within_it(python: Python) -> None:
    step = await python("print('x' * 70_000, end='')", limits=Limits(output_bytes=70_000))
    assert (step.ended, step.stdout, step.stdout_dropped) == (Ended.EXITED, b"x" * 70_000, 0)


async def test_counts_cpu_time_of_the_program_and_not_its_sleep(python: Python) -> None:
    step = await python("import time\nwhile time.process_time() < 0.3: pass\ntime.sleep(0.3)")
    assert 0.28 <= step.cpu_seconds < 0.45
    assert step.wall_seconds >= 0.6


async def test_counts_cpu_time_of_one_who_leaves_much_to_clean(python: Python) -> None:
    step = await python("""
import time
while time.process_time() < 0.1: pass
for number in range(12_000): open(str(number), 'w').close()
print(time.process_time())
""")
    assert abs(step.cpu_seconds - float(step.stdout)) < 0.05


async def test_tells_the_peak_and_not_what_was_left_at_the_end(python: Python) -> None:
    step = await python(ALLOCATE + "; del b")
    after = await python("pass")
    assert 100 * MEBIBYTE <= step.peak_memory_bytes < 120 * MEBIBYTE
    assert after.peak_memory_bytes < 20 * MEBIBYTE


async def test_64_mb_in_are_64_mb_out(python: Python) -> None:
    data = random.Random(2).randbytes(64 * MEBIBYTE)
    step = await python(CAT, stdin=data, limits=Limits(output_bytes=64 * MEBIBYTE))
    assert (step.ended, step.stdout_dropped) == (Ended.EXITED, 0)
    assert step.stdout == data


@pytest.mark.parametrize(
    "source",
    [
        "print('fine')",
        "import sys; sys.stdin.buffer.read(10); print('fine')",
        "import os; os.close(0); print('fine')",
        "import sys, time; sys.stdin.close(); time.sleep(0.1); print('fine')",
    ],
    ids=["never reads", "stops reading", "closes it", "closes it and goes on"],
)
async def test_a_program_need_not_read_its_input(source: str, python: Python) -> None:
    for stdin in (bytes(8 * MEBIBYTE), b"x"):
        step = await python(source, stdin=stdin)
        assert (step.stdout, step.exit_code) == (b"fine\n", 0)
    assert (await python(CAT, stdin=b"next")).stdout == b"next"


async def test_a_program_may_close_its_streams_and_go_on(python: Python) -> None:
    step = await python("import os, time; os.write(1, b'a'); os.closerange(0, 3); time.sleep(0.2); os._exit(5)")
    assert (step.stdout, step.stderr, step.exit_code) == (b"a", b"", 5)
    assert step.wall_seconds >= 0.2


async def test_a_program_that_waits_for_input_has_it_end(python: Python) -> None:
    assert (await python("print(repr(open('/dev/stdin').read()))")).stdout == b"''\n"


@pytest.mark.parametrize("argument", ["", "a b", "é\n'\"$(x)", "\udcff", "\x01" * 16_000, "x" * 16_000])
async def test_arguments_arrive_as_they_are(argument: str, python: Python) -> None:
    step = await python("import os, sys; os.write(1, os.fsencode(sys.argv[1]))", arguments=(argument,))
    assert step.stdout == argument.encode(errors="surrogateescape")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("x" * 20_000,), "longer than 16384 bytes"), (("a\0b",), "NUL byte"), (("\ud800",), "half a surrogate pair")],
)
async def test_refuses_arguments_that_no_program_can_have(
    arguments: tuple[str, ...], message: str, python: Python
) -> None:
    with pytest.raises(BadRequest, match=message):
        await python("pass", arguments=arguments)


async def test_runs_often_what_it_compiled_once(lease: Lease) -> None:
    runs = tuple(Run(arguments=(str(number),)) for number in range(20))
    execution = await lease.execute(Program(language="c++", source=ARTEFACT.encode(), runs=runs))
    assert execution.compile is not None
    assert execution.compile.succeeded
    told = [step.stdout.decode().split() for step in execution.runs]
    assert [words[-1] for words in told] == [str(number) for number in range(20)]
    assert len({words[0] for words in told}) == 20


async def test_artefacts_are_roots_and_read_only_and_the_compiler_was_someone_else(lease: Lease) -> None:
    execution = await lease.execute(Program(language="cpp", source=ARTEFACT.encode(), runs=(Run(arguments=("x",)),)))
    uid, owner, mode, *changes, _ = execution.runs[0].stdout.decode().split()
    assert (owner, mode, changes) == ("0", "555", ["-1", "-1"])
    assert int(uid) % 500 == 1  # the block's first uid was the compiler's


async def test_what_does_not_compile_does_not_run(lease: Lease) -> None:
    execution = await lease.execute(Program(language="cpp", source=b"int main() { return x; }"))
    assert execution.compile is not None
    assert b"main.cpp:1" in execution.compile.stderr
    assert (execution.compile.exit_code, execution.runs) == (1, ())


async def test_each_program_has_its_own_memory_limit(python: Python) -> None:
    small = Limits(memory_bytes=32 * MEBIBYTE)
    ended = [(await python(ALLOCATE, limits=limits)).ended for limits in (small, Limits(), small, Limits())]
    assert ended == [Ended.MEMORY_LIMIT, Ended.EXITED, Ended.MEMORY_LIMIT, Ended.EXITED]


async def test_a_step_ends_when_a_child_of_it_is_killed_for_its_memory(python: Python) -> None:
    step = await python("import os, time\nif os.fork(): time.sleep(20)\nelse: bytearray(b'x' * (400 << 20))")
    assert step.ended is Ended.MEMORY_LIMIT
    assert step.wall_seconds < 10


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (Program(language="cobol", source=b""), "unknown language 'cobol'"),
        (
            Program(language="python", source=b"", runs=(Run(companion=Companion(language="cpp", source=b"")),)),
            "a companion cannot be in cpp",
        ),
    ],
)
async def test_refuses_what_it_cannot_run(program: Program, message: str, lease: Lease) -> None:
    with pytest.raises(BadRequest, match=message):
        await lease.execute(program)


SPAWN = "import os, sys, time\nfor n in range(10):\n    if os.fork() == 0: time.sleep(0.5); os._exit(0)\nprint('all')"


async def test_holds_a_program_to_the_processes_that_it_may_have(python: Python) -> None:
    allowed = await python(SPAWN, limits=Limits(processes=11))
    refused = await python(SPAWN, limits=Limits(processes=10))
    assert (allowed.ended, allowed.stdout) == (Ended.EXITED, b"all\n"), allowed
    assert (refused.ended, refused.stdout) == (Ended.PROCESS_LIMIT, b""), refused


async def test_a_program_that_may_have_one_process_runs_and_its_companion_too(python: Python) -> None:
    step = await python("print('alone')", companion="print('beside')", limits=Limits(processes=1))
    assert (step.ended, step.stdout) == (Ended.EXITED, b"alone\n"), step
    assert step.companion is not None
    assert step.companion.stdout == b"beside\n", step


async def test_a_program_that_copes_with_a_refused_thread_is_not_blamed(python: Python) -> None:
    source = "import threading\ntry: threading.Thread(target=print).start()\nexcept RuntimeError: print('refused')"
    step = await python(source, limits=Limits(processes=1))
    assert (step.ended, step.stdout) == (Ended.EXITED, b"refused\n"), step


@pytest.mark.parametrize("place", [".", "/tmp", "/dev/shm"])
async def test_stops_a_program_that_fills_more_disk_than_it_may(place: str, python: Python) -> None:
    write = (
        f"import time\nwith open('{place}/big', 'wb') as file: file.write(bytes(5 << 20))\nprint('full', flush=True)\n"
    )
    within = await python(write, limits=Limits(disk_bytes=6 * MEBIBYTE))
    beyond = await python(write, limits=Limits(disk_bytes=4 * MEBIBYTE))
    waiting = await python(write + "time.sleep(20)", limits=Limits(disk_bytes=4 * MEBIBYTE))
    assert (within.ended, within.stdout) == (Ended.EXITED, b"full\n"), within
    assert (beyond.ended, beyond.exit_code) == (Ended.DISK_LIMIT, None), beyond
    assert (waiting.ended, waiting.signal) == (Ended.DISK_LIMIT, "SIGKILL"), waiting


async def test_what_a_program_was_given_does_not_count_as_its_disk(lease: Lease) -> None:
    source = b"print(len(open('data').read()))"
    limits = Limits(disk_bytes=0)
    program = Program(language="python", source=source, files={"data": bytes(3 * MEBIBYTE)}, limits=limits)
    (step,) = (await lease.execute(program)).runs
    assert (step.ended, step.stdout) == (Ended.EXITED, b"3145728\n"), step


@pytest.mark.parametrize(("limits", "words"), [
    ({"processes": 1001}, "processes 1001 is above this sandbox's maximum of 1000"),
    ({"disk_bytes": 200 * MEBIBYTE}, "disk_bytes .* is above this sandbox's maximum"),
])  # fmt: skip
async def test_refuses_limits_above_the_maxima(limits: dict[str, int], words: str, python: Python) -> None:
    with pytest.raises(BadRequest, match=words):
        await python("", limits=Limits.model_validate(limits))


async def test_a_program_may_have_more_processes_than_usual(python: Python) -> None:
    many = SPAWN.replace("range(10)", "range(400)")
    step = await python(many, limits=Limits(processes=450, memory_bytes=1024 * MEBIBYTE))
    assert (step.ended, step.stdout) == (Ended.EXITED, b"all\n"), step

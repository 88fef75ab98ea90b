"""What a lease has just compiled is not compiled again, and no other program finds it."""

from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import CompileStarted, Execution, Limits, Program, Progress, Run, RunStarted, Stream, Written

SOURCE = b"#include <cstdio>\nint main(int n, char** words) { std::puts(words[n - 1]); }\n"
FINDS = b"import os\nprint([name for n in range(1, 9) for name in ('main',) if os.path.exists(f'/runs/{n}/{name}')])\n"


def program(source: bytes = SOURCE, said: str = "a", **changed: object) -> Program:
    return Program.model_validate({"language": "cpp", "source": source, "runs": (Run(arguments=(said,)),), **changed})


def said(execution: Execution) -> list[bytes]:
    return [run.stdout for run in execution.runs]


async def test_the_same_bytes_are_compiled_once(sandbox: Pool) -> None:
    async with sandbox.lease() as lease:
        first, again = [await lease.execute(program(said=word)) for word in "ab"]
    assert (first.reused, again.reused) == (False, True)
    assert first.compile == again.compile
    assert (said(first), said(again)) == ([b"a\n"], [b"b\n"])


async def test_other_bytes_files_options_or_containers_are_compiled_anew(sandbox: Pool) -> None:
    others = (
        program(SOURCE + b"\n"),
        program(files={"data.h": b""}),
        program(compile_limits=Limits(cpu_seconds=9)),
    )
    for other in others:
        async with sandbox.lease() as lease:
            await lease.execute(program())
            assert not (await lease.execute(other)).reused
    async with sandbox.lease() as lease:
        await lease.execute(program())
        assert (await lease.execute(program(limits=Limits(cpu_seconds=3)))).reused
        lease.end()
        assert not (await lease.execute(program())).reused


async def test_another_program_does_not_find_it(sandbox: Pool) -> None:
    async with sandbox.lease() as lease:
        await lease.execute(program())
        assert said(await lease.execute(Program(language="python", source=FINDS))) == [b"[]\n"]
        assert not (await lease.execute(program())).reused


async def test_what_does_not_compile_is_tried_again(sandbox: Pool) -> None:
    async with sandbox.lease() as lease:
        for _ in range(2):
            execution = await lease.execute(program(b"int main() { return x; }\n"))
            assert execution.compile is not None
            assert (execution.reused, execution.compile.succeeded, execution.runs) == (False, False, ())


async def test_whoever_listens_hears_what_the_compiler_said(sandbox: Pool) -> None:
    async def heard(lease: Lease) -> list[Progress]:
        events: list[Progress] = []
        await lease.execute(program(b"#warning mind this\n" + SOURCE), events.append)
        return events

    async with sandbox.lease() as lease:
        first, again = await heard(lease), await heard(lease)
    assert [type(event) for event in again] == [CompileStarted, Written, RunStarted, Written]
    warnings = [
        b"".join(e.data for e in events if isinstance(e, Written) and e.stream is Stream.STDERR)
        for events in (first, again)
    ]
    assert b"mind this" in warnings[0]
    assert warnings[0] == warnings[1]

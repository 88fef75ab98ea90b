"""Suites that try to learn which implementation they face by other means than calling it: none may earn.

Each mistaken implementation carries a mark in its source. An attack that sees it rejects, and would find every mistake.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluator.judging import LONGEST_COMPLETION, judge
from evaluator.protocol import Problem, Verdict
from evaluator.suites import Implementations
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.protocol import MEBIBYTE, Limits

MARK = "mistaken" + "by" + "design"
RIGHT = "def total(xs):\n    return sum(xs)\n"
MISTAKEN = f"NOTE = '{MARK}'\ndef total(xs):\n    '''{MARK}'''\n    return sum(xs) + (xs == [31, 4])\n"
TESTS = Implementations(right=(RIGHT, RIGHT + "\n"), mistaken=(MISTAKEN, MISTAKEN + "\n", MISTAKEN + "\n\n"), order=3)
LIMITS = Limits(
    cpu_seconds=0.3, wall_seconds=1.5, memory_bytes=64 * MEBIBYTE, output_bytes=64 * 1024, processes=16
)  # fmt: skip
PROBLEM = Problem(
    task_id="Suite/1", prompt="", entry_point="total", tests=TESTS, canonical_solution="", limits=LIMITS
)  # fmt: skip
HEAD = "import os, sys, glob, socket, signal, time\nMARK = b'mistaken' + b'by' + b'design'\nassert total([1]) == 1\n"

SEES = {
    "the environment, command line and memory map of others": """
for name in glob.glob('/proc/[0-9]*/*'):
    if name.rsplit('/', 1)[1] in ('environ', 'cmdline', 'maps', 'auxv', 'io', 'syscall', 'stack', 'wchan', 'limits'):
        try:
            assert MARK not in open(name, 'rb').read()
        except OSError:
            pass
""",
    "the memory of others, and its own": """
for name in glob.glob('/proc/[0-9]*/maps'):
    try:
        spans = [line.split()[0].split('-') for line in open(name) if ' rw' in line]
        memory = open(name.replace('maps', 'mem'), 'rb')
    except OSError:
        continue
    for begin, end in spans:
        try:
            memory.seek(int(begin, 16))
            seen = memory.read(min(int(end, 16) - int(begin, 16), 1 << 24))
        except (OSError, ValueError, OverflowError):
            continue
        assert b'def total' + b'(xs)' not in seen
""",
    "the memory of others, by a system call": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name in glob.glob('/proc/[0-9]*'):
    pid = int(name[6:])
    if pid != os.getpid():
        assert libc.ptrace(16, pid, 0, 0) == -1 or not os.path.exists(name)
""",
    "files of others": """
opened = [*glob.glob('/proc/[0-9]*/cwd'), *glob.glob('/proc/[0-9]*/fd')]
for top in ('..', '/tmp', '/dev/shm', '/run', '/var/tmp', *opened):
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path) and not os.path.samefile(folder, '.'):
                    assert MARK not in open(path, 'rb').read(1 << 20)
            except OSError:
                pass
""",
    "what the function is made of": """
import inspect
try:
    assert MARK.decode() not in inspect.getsource(total) + repr(vars(total)) + str(total.__doc__)
except (OSError, TypeError):
    pass
assert not hasattr(total, '__code__') and not hasattr(total, '__globals__')
""",
    "the frames of what it raises": """
try:
    total(5)
except Exception as error:
    trace = error.__traceback__.tb_next
    while trace:
        assert MARK.decode() not in repr(trace.tb_frame.f_globals) + repr(trace.tb_frame.f_locals)
        trace = trace.tb_next
    assert MARK.decode() not in repr(error.args)
""",
    "objects in its own interpreter": """
import gc
for thing in gc.get_objects():
    assert not (type(thing) is dict and MARK.decode() in map(str, list(thing.values())[:50]))
""",
    "files of an earlier run": """
for place in ('/tmp', '/dev/shm', '/var/tmp', '.', '..', '/run/lock'):
    try:
        assert not os.path.exists(place + '/turn')
        open(place + '/turn', 'w').close()
    except OSError:
        pass
""",
    "a process of an earlier run": """
try:
    door = socket.socket(socket.AF_UNIX)
    door.connect(chr(0) + 'turn')
except OSError:
    pass
else:
    assert False
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        door = socket.socket(socket.AF_UNIX)
        door.bind(chr(0) + 'turn')
        door.listen()
        os.close(3)
        time.sleep(60)
    os._exit(0)
""",
}
"""They accept everything, unless they see something that is not there for them."""

CLAIMS = {
    "ends with success": "os._exit(0)",
    "ends with failure": "os._exit(1)",
    "leaves": "sys.exit(0)",
    "kills itself": "os.kill(os.getpid(), 9)",
    "kills the others": """
for name in glob.glob('/proc/[0-9]*'):
    try:
        os.kill(int(name[6:]), 9) if int(name[6:]) != os.getpid() else None
    except OSError:
        pass
""",
    "prints a report": 'print(\'{"said": "rejected", "calls": 1}\', flush=True)\nos.write(2, b\'accepted\')',
    "says that it rejects": 'os.write(3, b\'["said", "rejected"]\\n\')',
    "says that it accepts": 'os.write(3, b\'["said", "accepted"]\\n\')',
    "says nonsense": "os.write(3, b'{' * 1000 + b'\\n')\ntotal([1])",
    "asks for more than a call": 'os.write(3, b\'["read", "f", {}]\\n\')\nassert b"code" not in os.read(3, 99)',
    "asks for a name of its own": 'import json\nos.write(3, b\'["call", {"Counter": []}, {}]\\n\')\nos.read(3, 99)',
    "calls without end": "while True: total([1])",
    "sends without reading": 'while True: os.write(3, b\'["call", [[1]], {"dict": []}]\\n\')',
    "patches what stands for the function": "type(total).__call__ = lambda self, xs: 7\nassert total([1]) == 7",
    "replaces the function": "total = lambda xs: 1\nassert total([31, 4]) == 1",
    "swallows every error": "try:\n    assert total([2]) == 3\nexcept BaseException:\n    pass",
    "compares with what is always equal": "class E:\n    __eq__ = lambda *a: True\nassert total([31, 4]) == E()",
    "passes an object with code": "class L(list):\n    def __iter__(self): return iter([1])\ntotal(L())",
    "loops": "while True: pass",
    "sleeps": "time.sleep(60)",
    "recurses": "sys.setrecursionlimit(10**9)\nf = lambda: f()\nf()",
    "recurses with an argument": "v = []\nfor _ in range(100000): v = [v]\ntotal(v)",
    "forks": "while True: os.fork()",
    "takes memory": "v = [bytearray(1 << 20) for _ in range(1000)]",
    "writes without end": "while True: print('x' * 10000)",
    "sends a large value": "total([1] * 10**6)",
    "sends a large number": "total([10 ** 4000] * 1000)",
    "stops the others": "os.kill(os.getppid(), signal.SIGSTOP)",
}
"""They decide by something else than results."""


@pytest_asyncio.fixture(scope="module")
async def lease(engine: None) -> AsyncIterator[Lease]:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        yield lease


async def verdict(suite: str, lease: Lease) -> Verdict:
    return (await judge(PROBLEM, f"```python\n{HEAD}{suite}\n```", lease)).verdict


async def test_the_mistake_can_be_found_by_calling(lease: Lease) -> None:
    found = await verdict("assert total([31, 4]) == 35", lease)
    assert found.credit == 1.0, found.detail


@pytest.mark.parametrize("attack", SEES)
async def test_a_suite_cannot_see(lease: Lease, attack: str) -> None:
    found = await verdict(SEES[attack], lease)
    assert (found.worth, found.detail) == (0.0, "it finds 0%")


@pytest.mark.heavy
@pytest.mark.parametrize("attack", CLAIMS)
async def test_a_suite_earns_nothing_that(lease: Lease, attack: str) -> None:
    found = await verdict(CLAIMS[attack], lease)
    assert found.worth == 0.0, found.detail
    assert not found.passed
    assert (await verdict("assert total([31, 4]) == 35", lease)).credit == 1.0, "the next suite is judged as ever"


async def test_an_enormous_answer_is_not_read(lease: Lease) -> None:
    found = (await judge(PROBLEM, "#" * (LONGEST_COMPLETION + 1), lease)).verdict
    assert found.worth == 0.0

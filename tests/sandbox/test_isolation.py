"""Nothing of one run is visible to the next, and a program can do nothing to the agent."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.protocol import Ended, Limits, Step

Python = Callable[..., Awaitable[Step]]

LOOK = """
import json, os, re
def owner(pid):
    try:
        return os.stat(f'/proc/{pid}').st_uid
    except FileNotFoundError:
        return None
own = os.getcwd()
sight = {
    'shared': [os.listdir(place) for place in ('/tmp', '/dev/shm', '/dev/mqueue')],
    'work': [n for n in range(2_000) if os.path.lexists(f'/runs/{n}') and f'/runs/{n}' != own],
    'own': [(name, os.stat(name).st_uid) for name in sorted(os.listdir())],
    'processes': [pid for pid in os.listdir('/proc') if pid.isdigit() and owner(pid) not in (0, os.getuid(), None)],
    'ipc': [len(open(f'/proc/sysvipc/{kind}').readlines()) for kind in ('shm', 'sem', 'msg')],
    'sockets': len(open('/proc/net/unix').readlines()),
    'ports': len(open('/proc/net/tcp').readlines()),
}
container = re.search('containers/([0-9a-f]{64})/', open('/proc/self/mountinfo').read())[1]
print(json.dumps([container, os.getuid(), sight]))
"""
LIBC = "import ctypes, os; libc = ctypes.CDLL(None, use_errno=True); "
STAYS = {
    "a file in /tmp": "open('/tmp/left', 'w').write('x')",
    "a deep tree in /tmp": "import os; os.chdir('/tmp'); [(os.mkdir('d'), os.chdir('d')) for _ in range(2_000)]",
    "a closed directory in /tmp": "import os; os.makedirs('/tmp/a/b'); os.chmod('/tmp/a', 0)",
    "a file in /dev/shm": "open('/dev/shm/left', 'w').write('x')",
    "files in its directory": "import os; os.makedirs('a/b'); open('a/b/c', 'w').close(); os.chmod('a', 0o1777)",
    "a name that is no text": "open(b'/tmp/\\xff\\n', 'w').close()",
    "a process": "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)",
    "a stopped process": "import subprocess, os; os.kill(subprocess.Popen(['sleep', '60']).pid, 19)",
    "a zombie": "import os; os.fork() or os._exit(0)",
    "an abstract socket": """
import os, socket, time
if not os.fork(): s = socket.socket(socket.AF_UNIX); s.bind('\\0left'); s.listen(); os.setsid(); time.sleep(60)""",
    "a port": """
import os, socket, time
s = socket.create_server(('127.0.0.1', 4000))
if not os.fork(): os.setsid(); time.sleep(60)""",
}
REPLACED = {
    "shared memory": LIBC + "assert libc.shmget(1, 4096, 0o1666) >= 0",
    "semaphores": LIBC + "assert libc.semget(1, 1, 0o1666) >= 0",
    "messages": LIBC + "assert libc.msgget(1, 0o1666) >= 0",
    "a message queue": LIBC + "assert libc.mq_open(b'/left', os.O_CREAT | os.O_RDWR, 0o666, None) >= 0",
}
ATTACK = """
import json, os, signal
def outcome(act, *arguments):
    try:
        return repr(act(*arguments))
    except OSError as error:
        return type(error).__name__
agents = [int(pid) for pid in os.listdir('/proc') if pid.isdigit() and os.stat(f'/proc/{pid}').st_uid == 0]
print(json.dumps({f'{act.__name__} {argument}': outcome(act, argument, *more) for act, argument, more in [
    *((os.kill, pid, (number,)) for pid in agents for number in (0, signal.SIGKILL, signal.SIGSTOP)),
    *((os.listdir, f'/proc/{pid}/fd', ()) for pid in agents),
    *((open, f'/proc/{pid}/{name}', (mode,)) for pid in agents for name, mode in (
        ('fd/0', 'rb'), ('fd/1', 'wb'), ('fd/2', 'wb'), ('fd/3', 'rb'), ('mem', 'rb'), ('environ', 'rb'), ('maps', 'r'),
        ('oom_score_adj', 'w'))),
    *((os.readlink, f'/proc/{pid}/{name}', ()) for pid in agents for name in ('exe', 'cwd', 'root')),
    (os.listdir, '/runs', ()), (os.mkdir, '/runs/mine', ()), (os.mkdir, '/mine', ()),
    (open, '/opt/lovelace/agent/step.py', ('a',)), (open, '/proc/sys/kernel/core_pattern', ('w',)),
    (open, '/proc/sysrq-trigger', ('w',)), (open, '/sys/fs/cgroup/memory/memory.limit_in_bytes', ('w',)),
    (open, '/sys/fs/cgroup/memory.max', ('w',)), (open, '/proc/kcore', ('rb',)),
]}))
"""
WRITABLE = """
import os
found = set()
for top, directories, files in os.walk('/'):
    if top.startswith(('/proc', '/sys')):
        directories.clear()
        continue
    found |= {path for path in (top, *(os.path.join(top, name) for name in files))
              if not os.path.islink(path) and os.access(path, os.W_OK)}
print(*sorted(found - {os.getcwd()}))
"""


async def look(python: Python) -> tuple[str, int, dict[str, Any]]:
    step = await python(LOOK)
    assert step.exit_code == 0, step
    container, uid, sight = json.loads(step.stdout)
    return container, uid, sight


@pytest.mark.parametrize("source", STAYS.values(), ids=STAYS.keys())
async def test_nothing_is_left_for_the_next(source: str, python: Python) -> None:
    before, uid, sight = await look(python)
    assert (await python(source)).stderr == b""
    after, next_uid, next_sight = await look(python)
    assert next_sight == sight
    assert after == before
    assert next_uid != uid


@pytest.mark.parametrize("source", REPLACED.values(), ids=REPLACED.keys())
async def test_a_container_that_keeps_something_is_replaced(source: str, python: Python) -> None:
    before, _, sight = await look(python)
    assert (await python(source)).exit_code == 0
    after, _, next_sight = await look(python)
    assert next_sight == sight
    assert after != before


async def test_a_fork_bomb_leaves_a_container_that_works(python: Python) -> None:
    before = await look(python)
    step = await python(
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", limits=Limits(cpu_seconds=1)
    )
    after = await look(python)
    assert step.ended is Ended.PROCESS_LIMIT
    assert after[2] == before[2]


async def test_every_run_is_another_user(python: Python) -> None:
    uids = [(await python("import os; print(*os.getresuid(), *os.getresgid(), os.getgroups())")).stdout for _ in "abc"]
    assert len(set(uids)) == 3
    for line in uids:
        *ids, groups = line.decode().split()
        assert len(set(ids)) == 1
        assert groups == "[]"


async def test_a_program_can_do_nothing_to_the_agent(python: Python) -> None:
    step = await python(ATTACK)
    outcomes = json.loads(step.stdout)
    agents = {name.split()[1] for name in outcomes if name.startswith("kill ")}
    refused = {"PermissionError", "OSError", "FileNotFoundError", "ProcessLookupError"}
    assert {name: outcome for name, outcome in outcomes.items() if outcome not in refused} == {}
    assert len(agents) == 3  # the supervisor, the zygote, and the spare child of the other slot
    assert (await python("print('still here')")).stdout == b"still here\n"


async def test_a_program_holds_no_descriptor_but_its_own(python: Python) -> None:
    step = await python("import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd')))")
    assert step.stdout == b"[0, 1, 2, 3]\n"  # 3 is the directory itself


async def test_a_program_finds_nothing_of_ours_in_its_environment(python: Python) -> None:
    step = await python("import os; os.execvp('env', ['env'])")
    names = {line.split("=")[0] for line in step.stdout.decode().splitlines()}
    assert names == {"PATH", "LANG", "PYTHONHASHSEED", "HOME"}


async def test_a_program_can_write_to_few_places(python: Python) -> None:
    step = await python(WRITABLE)
    devices = {"/dev/full", "/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero", "/dev/pts/ptmx"}
    assert set(step.stdout.decode().split()) - devices == {"/tmp", "/dev/shm", "/dev/mqueue"}

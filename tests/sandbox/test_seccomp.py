"""What a program may ask of the kernel, asked for real."""

import json
import platform
from collections.abc import Awaitable, Callable

import pytest

from sandbox import context, seccomp
from sandbox.protocol import Ended, Step

Python = Callable[..., Awaitable[Step]]

EPERM, ENOSYS = 1, 38
NEW_USER, CHILD = 0x1000_0000, 17
X86, ARM = "x86_64", "aarch64"
REFUSED: dict[str, tuple[dict[str, int], tuple[int, ...], int]] = {
    "keyctl": ({X86: 250, ARM: 219}, (0, -3, 0), EPERM),
    "add_key": ({X86: 248, ARM: 217}, (0, 0, 0, 0, 0), EPERM),
    "request_key": ({X86: 249, ARM: 218}, (0, 0, 0, 0), EPERM),
    "bpf": ({X86: 321, ARM: 280}, (0, 0, 0), EPERM),
    "perf_event_open": ({X86: 298, ARM: 241}, (0, 0, -1, -1, 0), EPERM),
    "unshare of a user namespace": ({X86: 272, ARM: 97}, (NEW_USER,), EPERM),
    "clone into a user namespace": ({X86: 56, ARM: 220}, (NEW_USER | CHILD, 0, 0, 0, 0), EPERM),
    "clone3": ({X86: 435, ARM: 435}, (0, 0), ENOSYS),
    "setns": ({X86: 308, ARM: 268}, (0, 0), EPERM),
    "ptrace": ({X86: 101, ARM: 117}, (0, 0, 0, 0), EPERM),
    "process_vm_readv": ({X86: 310, ARM: 270}, (1, 0, 0, 0, 0, 0), EPERM),
    "pidfd_getfd": ({X86: 438, ARM: 438}, (0, 0, 0), EPERM),
    "kcmp": ({X86: 312, ARM: 272}, (1, 1, 0, 0, 0), EPERM),
    "io_uring_setup": ({X86: 425, ARM: 425}, (1, 0), ENOSYS),
    "userfaultfd": ({X86: 323, ARM: 282}, (1,), ENOSYS),
    "mount": ({X86: 165, ARM: 40}, (0, 0, 0, 0, 0), EPERM),
    "umount": ({X86: 166, ARM: 39}, (0, 0), EPERM),
    "fsopen": ({X86: 430, ARM: 430}, (0, 0), EPERM),
    "open_tree": ({X86: 428, ARM: 428}, (0, 0, 0), EPERM),
    "move_mount": ({X86: 429, ARM: 429}, (0, 0, 0, 0, 0), EPERM),
    "pivot_root": ({X86: 155, ARM: 41}, (0, 0), EPERM),
    "chroot": ({X86: 161, ARM: 51}, (0,), EPERM),
    "open_by_handle_at": ({X86: 304, ARM: 265}, (0, 0, 0), EPERM),
    "init_module": ({X86: 175, ARM: 105}, (0, 0, 0), EPERM),
    "kexec_load": ({X86: 246, ARM: 104}, (0, 0, 0, 0), EPERM),
    "sethostname": ({X86: 170, ARM: 161}, (0, 0), EPERM),
    "personality without address randomisation": ({X86: 135, ARM: 92}, (0x40000,), EPERM),
}
ATTEMPT = """
import ctypes, os, sys
X32 = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
number, *arguments = map(int, sys.argv[1:])
answer = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
print(ctypes.get_errno() if answer == -1 else f"it answered {answer}", flush=True)
os._exit(0)
"""
I386_GETPID = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20; int 0x80; ret
print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))())
"""
ORDINARY = {
    "threads": "import threading; t = threading.Thread(target=print, args=('fine',)); t.start(); t.join()",
    "subprocess": "import subprocess; subprocess.run(['sh', '-c', 'echo fine | cat'], check=True)",
    "a socket to itself": """
import socket
server = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(server.getsockname())
client.sendall(b'fine'); client.close()
print(server.accept()[0].recv(9).decode())""",
    "a unix socket": """
import socket
server = socket.socket(socket.AF_UNIX); server.bind('s'); server.listen()
client = socket.socket(socket.AF_UNIX); client.connect('s'); client.sendall(b'fine')
print(server.accept()[0].recv(9).decode())""",
    "executable memory": """
import mmap
memory = mmap.mmap(-1, 1 << 20, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC); memory.write(b'fine')
print(memory[:4].decode())""",
    "multiprocessing": """
import multiprocessing
def double(word): return word * 2
if __name__ == '__main__':
    with multiprocessing.get_context('fork').Pool(2) as pool: assert pool.map(double, 'ab') == ['aa', 'bb']
    lock = multiprocessing.Lock(); lock.acquire(); lock.release()
    queue = multiprocessing.Queue()
    child = multiprocessing.get_context('fork').Process(target=queue.put, args=('fine',)); child.start()
    print(queue.get()); child.join()""",
    "asyncio": "import asyncio; asyncio.run(asyncio.sleep(0)); print('fine')",
    "shared memory": """
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(create=True, size=4); memory.buf[:] = b'fine'; print(bytes(memory.buf).decode())
memory.close(); memory.unlink()""",
    "timers and signals": """
import signal
signal.signal(signal.SIGALRM, lambda *_: print('fine')); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()""",
    "temporary files": """
import tempfile
with tempfile.TemporaryFile() as file: file.write(b'fine'); file.seek(0); print(file.read().decode())""",
    "an executable it wrote": """
import os, subprocess
with open('script', 'w') as file: file.write('#!/bin/sh\\necho fine')
os.chmod('script', 0o755); subprocess.run(['./script'], check=True)""",
}


@pytest.mark.parametrize(("numbers", "arguments", "errno"), REFUSED.values(), ids=REFUSED.keys())
async def test_refuses(numbers: dict[str, int], arguments: tuple[int, ...], errno: int, python: Python) -> None:
    number = numbers[platform.machine()]
    step = await python(ATTEMPT, arguments=tuple(map(str, (number, *arguments))))
    assert step.stdout == f"{errno}\n".encode(), step


@pytest.mark.parametrize(
    "family", [40, 38, 17, 15, 31, 44], ids=["AF_VSOCK", "AF_ALG", "AF_PACKET", "AF_KEY", "AF_BLUETOOTH", "AF_XDP"]
)
async def test_refuses_a_socket_of_family(family: int, python: Python) -> None:
    number = {X86: 41, ARM: 198}[platform.machine()]
    step = await python(ATTEMPT, arguments=tuple(map(str, (number, family, 1, 0))))
    assert step.stdout == f"{EPERM}\n".encode(), step


@pytest.mark.parametrize("source", ["__import__('os').setuid(0)", "__import__('os').setgroups([0])"])
async def test_a_program_cannot_become_root(source: str, python: Python) -> None:
    step = await python(source)
    assert b"PermissionError" in step.stderr


async def test_a_program_has_no_capability_and_cannot_gain_one(python: Python) -> None:
    step = await python("print(open('/proc/self/status').read())")
    status = dict(line.split(":\t", 1) for line in step.stdout.decode().splitlines() if ":\t" in line)
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


@pytest.mark.parametrize("source", [I386_GETPID, ATTEMPT.replace("map(int,", "map(lambda n: int(n) | X32,")])
async def test_there_is_no_way_around_by_another_abi(source: str, python: Python) -> None:
    if platform.machine() != X86:
        return  # only this machine has others
    step = await python(source, arguments=("39",))
    refused = step.stdout in (f"{EPERM}\n".encode(), f"{ENOSYS}\n".encode(), b"-1\n", b"-38\n")
    assert refused or (step.ended is Ended.SIGNALLED and step.signal in ("SIGSYS", "SIGSEGV")), step


async def test_there_is_no_network(python: Python) -> None:
    step = await python("""
import socket, os
print(sorted(name for _, name in socket.if_nameindex()))
socket.create_connection(('192.0.2.1', 80), timeout=5)
""")
    assert b"Network is unreachable" in step.stderr
    assert step.stdout == b"['lo']\n"


@pytest.mark.parametrize("source", ORDINARY.values(), ids=ORDINARY.keys())
async def test_allows(source: str, python: Python) -> None:
    step = await python(source)
    assert (step.stdout, step.stderr, step.exit_code) == (b"fine\n", b"", 0)


def test_the_profile_allows_nothing_of_what_it_must_not() -> None:
    profile = json.loads(seccomp.profile(context.recipe_directory() / "seccomp.toml"))
    allowed = {name for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert not allowed & {
        *("keyctl", "add_key", "bpf", "perf_event_open", "unshare", "setns", "ptrace", "process_vm_readv", "mount"),
        *("process_vm_writev", "io_uring_setup", "userfaultfd", "clone3", "kcmp", "pidfd_getfd", "chroot"),
    }
    assert {rule["names"][0] for rule in profile["syscalls"] if "args" in rule} == {"clone", "socket", "personality"}

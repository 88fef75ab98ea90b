"""Cleaning, by the agent's own means: root with five capabilities, on the mounts that a container has."""

from collections.abc import Callable

import pytest

AsAgent = Callable[[str], None]
NASTY = """
def nasty(top):
    os.mkdir(top)
    os.chown(top, 10_000, 10_000)
    os.setresuid(10_000, 10_000, 0)
    os.chdir(top)
    {make}
    os.chdir('/')
    os.setresuid(0, 0, 0)
"""
TREES = {
    "deep": "for _ in range(5_000): os.mkdir('d'); os.chdir('d')",
    "wide": "for i in range(2_000): open(f'{i}', 'w').close()",
    "set-uid": "open('f', 'w').close(); os.chmod('f', 0o6777); os.mkdir('d'); os.chmod('d', 0o6777)",
    "sticky": "os.mkdir('s'); open('s/f', 'w').close(); os.mkdir('s/d'); os.chmod('s', 0o1777)",
    "unreadable": "os.makedirs('a/b/c'); open('a/b/f', 'w').close(); os.chmod('a/b', 0); os.chmod('a', 0)",
    "read-only": "os.makedirs('a/b'); open('a/b/f', 'w').close(); os.chmod('a/b', 0o555); os.chmod('a', 0o555)",
    "not text": "os.mkdir(b'\\xff\\xfe'); open(b'\\xff\\xfe/\\x80\\n', 'w').close()",
    "long names": "os.mkdir('n' * 255); open('n' * 255 + '/' + 'm' * 255, 'w').close()",
    "special": "os.mkfifo('p'); os.symlink('/nowhere', 'l'); os.symlink('.', 'loop'); os.mknod('n')",
    "in the way": "[os.makedirs(f'.aside-{i}/x') for i in range(9)]",
}


@pytest.mark.parametrize("make", TREES.values(), ids=TREES.keys())
def test_removes_any_tree(make: str, as_agent: AsAgent) -> None:
    as_agent(
        NASTY.format(make=make) + "nasty('/runs/1'); cleaning.remove(b'/runs/1', cleaning.RUNS)\n"
        "assert os.listdir('/runs') == [], os.listdir('/runs')"
    )


@pytest.mark.parametrize("make", TREES.values(), ids=TREES.keys())
def test_clears_any_tree_out_of_the_shared_places(make: str, as_agent: AsAgent) -> None:
    as_agent(
        NASTY.format(make=make.replace("5_000", "3_500")) + "nasty('/tmp/1'); nasty('/dev/shm/.aside-0')\n"
        "cleaning.clear_shared()\n"
        "assert os.listdir('/tmp') + os.listdir('/dev/shm') == []"
    )


@pytest.mark.parametrize("act", ["cleaning.remove(b'/runs/1', cleaning.RUNS)", "cleaning.seal(b'/runs/1')"])
def test_does_not_follow_links_out(act: str, as_agent: AsAgent) -> None:
    links = "os.symlink('/runs/kept', 'd'); os.symlink('/runs/kept/f', 'f')"
    as_agent(
        NASTY.format(make=links) + "os.mkdir('/runs/kept', 0o700); open('/runs/kept/f', 'w').write('mine')\n"
        "os.chown('/runs/kept/f', 5, 5); before = os.stat('/runs/kept'), os.stat('/runs/kept/f').st_uid\n"
        f"nasty('/runs/1'); {act}\n"
        "assert open('/runs/kept/f').read() == 'mine'\n"
        "assert (os.stat('/runs/kept'), os.stat('/runs/kept/f').st_uid) == before\n"
        "assert not os.path.lexists('/runs/1/d') and not os.path.lexists('/runs/1/f')"
    )


def test_seals_what_a_compiler_made(as_agent: AsAgent) -> None:
    make = (
        "os.makedirs('a/b', 0o700); open('main', 'w').write('code'); open('a/b/lib', 'w').close();"
        "os.chmod('main', 0o777); os.chmod('a/b/lib', 0); os.chmod('a', 0o1777);"
        "open('suid', 'w').close(); os.chmod('suid', 0o6777);"
        "os.symlink('main', 'l'); os.mkfifo('p')"
    )
    as_agent(
        NASTY.format(make=make) + "nasty('/runs/1'); cleaning.seal(b'/runs/1')\n"
        "found = {(top, name) for top, below, files in os.walk('/runs/1') for name in ('', *files)}\n"
        "assert found == {('/runs/1', ''), ('/runs/1', 'main'), ('/runs/1/a', ''), ('/runs/1/a/b', ''),"
        " ('/runs/1/a/b', 'lib')}, found\n"
        "for top, name in found:\n"
        "    facts = os.stat(os.path.join(top, name))\n"
        "    assert (facts.st_uid, facts.st_gid) == (0, 0), (top, name)\n"
        "    assert facts.st_mode & 0o7777 == (0o555 if name else 0o755), (top, name, oct(facts.st_mode))\n"
        "assert open('/runs/1/main').read() == 'code'"
    )


@pytest.mark.parametrize("make", TREES.values(), ids=TREES.keys())
def test_seals_any_tree_and_removes_it_then(make: str, as_agent: AsAgent) -> None:
    as_agent(
        NASTY.format(make=make) + "nasty('/runs/1'); cleaning.seal(b'/runs/1')\n"
        "cleaning.remove(b'/runs/1', cleaning.RUNS)\n"
        "assert os.listdir('/runs') == [], os.listdir('/runs')"
    )


@pytest.mark.parametrize(
    "make",
    ["shmget(0x1ce, 4096, 0o1600)", "semget(0x1ce, 1, 0o1600)", "msgget(0x1ce, 0o1600)"],
    ids=lambda make: make[:3],
)
def test_sees_a_system_v_object(make: str, as_agent: AsAgent) -> None:
    as_agent(
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True); ipc = cleaning.Ipc(); assert ipc.is_empty()\n"
        f"assert libc.{make} >= 0, os.strerror(ctypes.get_errno())\n"
        "assert not ipc.is_empty()"
    )


def test_sees_a_message_queue(as_agent: AsAgent) -> None:
    as_agent(
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True); ipc = cleaning.Ipc(); assert ipc.is_empty()\n"
        "assert libc.mq_open(b'/queue', os.O_CREAT | os.O_RDWR, 0o600, None) >= 0\n"
        "assert not ipc.is_empty()"
    )

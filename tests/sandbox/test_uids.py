"""Blocks of uids, claimed by real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import uids
from sandbox.errors import SandboxError

HOLDER = """
import sys
from pathlib import Path
from sandbox import uids
uids.DIRECTORY = Path(sys.argv[1])
block = uids.claim()
print(block.first, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Locks of our own: other tests hold containers meanwhile."""
    monkeypatch.setattr(uids, "DIRECTORY", tmp_path / "uids")
    return uids.DIRECTORY


def hold(directory: Path) -> tuple[subprocess.Popen[str], int]:
    """A process that holds a block, and the block's first uid."""
    pipe = subprocess.PIPE
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(directory)], stdin=pipe, stdout=pipe, text=True)
    assert holder.stdout is not None
    return holder, int(holder.stdout.readline())


def test_processes_have_blocks_that_do_not_overlap(directory: Path) -> None:
    ours = uids.claim()
    holders = [hold(directory) for _ in range(3)]
    firsts = [ours.first, *(first for _, first in holders)]
    for process, _ in holders:
        process.communicate()
    ours.release()
    assert len({first + uid for first in firsts for uid in range(uids.SIZE)}) == 4 * uids.SIZE


def test_a_block_is_free_when_its_holder_is_killed(directory: Path) -> None:
    holder, first = hold(directory)
    meanwhile = uids.claim()
    holder.kill()
    holder.communicate()
    after = uids.claim()
    assert meanwhile.first != first
    assert after.first == first
    meanwhile.release()
    after.release()


def test_a_block_is_free_when_it_is_released() -> None:
    first = uids.claim()
    first.release()
    again = uids.claim()
    again.release()
    assert again.first == first.first


def test_a_block_goes_around_all_its_uids() -> None:
    block = uids.claim()
    drawn = [block.next() for _ in range(2 * uids.SIZE)]
    block.release()
    assert sorted(set(drawn)) == list(range(block.first, block.first + uids.SIZE))
    assert drawn[: uids.SIZE] == drawn[uids.SIZE :]


def test_says_so_when_all_are_taken() -> None:
    blocks = [uids.claim() for _ in range(uids.BLOCKS)]
    assert max(block.first for block in blocks) + uids.SIZE <= 65_536
    with pytest.raises(SandboxError, match="all 100 blocks of uids are taken"):
        uids.claim()
    for block in blocks:
        block.release()


def test_every_user_may_lock_whatever_the_umask(directory: Path) -> None:
    uids.claim().release()
    assert directory.stat().st_mode & 0o7777 == 0o1777

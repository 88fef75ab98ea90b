"""A peer that fails or hangs is no figure."""

import sys

import pytest

from benchmarks import peer
from benchmarks.errors import WrongAnswer


async def test_the_output_is_what_the_command_wrote() -> None:
    assert await peer.output([sys.executable, "-c", "print('hello')"], within_seconds=30) == b"hello\n"


async def test_a_failure_tells_its_code_and_what_was_said() -> None:
    with pytest.raises(WrongAnswer, match="ended with 3: no"):
        await peer.output([sys.executable, "-c", "import sys; sys.stderr.write('no'); sys.exit(3)"], within_seconds=30)


async def test_what_takes_too_long_is_killed() -> None:
    with pytest.raises(WrongAnswer, match=r"longer than 0\.2 s"):
        await peer.output([sys.executable, "-c", "import time; time.sleep(60)"], within_seconds=0.2)

"""A whole network on one machine: a ledger file, keys, and miners that are processes of their own.

A miner stops when its standard input closes, so it never outlives us, however we end.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from chain import identity
from chain.ledger import Ledger
from lovelace.rehearsal.errors import RehearsalError
from miner.engines.scripted import AnswerBook

TEMPO = 20
STAKE = 1000.0
VALIDATOR = "validator"


@dataclass(frozen=True, slots=True)
class Network:
    """What a rehearsal's validator needs to know. ``skills`` is by uid."""

    ledger: Ledger
    ledger_path: Path
    validator_key: Path
    skills: Mapping[int, float]
    miners: Sequence[subprocess.Popen[bytes]]


def create_keys(directory: Path, miners: int, seed: int) -> list[str]:
    """Make the validator's hotkey file and one for each miner, the same for the same seed; the miners' hotkeys."""
    names = [VALIDATOR, *map(miner_name, range(miners))]
    keys = [identity.create(directory / name, sha256(f"rehearsal/{seed}/{name}".encode()).digest()) for name in names]
    return [key.hotkey for key in keys[1:]]


def miner_name(number: int) -> str:
    """What files of a miner are called."""
    return f"miner-{number}"


@contextlib.contextmanager
def open_network(directory: Path, skills: Sequence[float], books: Sequence[AnswerBook], seed: int) -> Iterator[Network]:
    """Register one validator and a miner for each skill, and start the miners. They are gone when the context ends.

    ``create_keys`` has made their keys in ``directory``. Raises RehearsalError when a miner does not start.
    """
    ledger_path, validator_key = directory / "ledger.db", directory / VALIDATOR
    validator = identity.load(validator_key)
    with Ledger.create(ledger_path, tempo=TEMPO, weights_rate_limit=TEMPO) as ledger, contextlib.ExitStack() as stack:
        ledger.register(validator.hotkey, validator.hotkey, STAKE)
        uids, processes = {}, []
        for number, (skill, book) in enumerate(zip(skills, books, strict=True)):
            key, book_path = directory / miner_name(number), directory / f"{miner_name(number)}.json"
            book.save(book_path)
            hotkey = identity.load(key).hotkey
            uids[ledger.register(hotkey, hotkey)] = skill
            command = [
                *(sys.executable, "-m", "lovelace", "miner", "serve", "--engine", "scripted", "--stop-on-eof"),
                *("--key", str(key), "--ledger", str(ledger_path), "--answers", str(book_path), "--port", "0"),
                *("--skill", str(skill), "--seed", str(seed + number)),
            ]
            log = stack.enter_context((directory / f"{miner_name(number)}.log").open("wb"))
            processes.append(stack.enter_context(_process(command, log.fileno())))
        for number, process in enumerate(processes):
            _await_listening(process, directory / f"{miner_name(number)}.log")
        ledger.skip(TEMPO)  # validator permits come with an epoch
        yield Network(ledger, ledger_path, validator_key, uids, processes)


@contextlib.contextmanager
def _process(command: list[str], errors: int) -> Iterator[subprocess.Popen[bytes]]:
    # A session of its own: a Ctrl-C at the terminal is for us, and we stop the miners in good order.
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True, env=os.environ
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _await_listening(process: subprocess.Popen[bytes], log: Path) -> None:
    """Block until a miner says where it listens; by then it has announced itself."""
    assert process.stdout is not None
    if not process.stdout.readline().startswith(b"listening"):
        process.wait()
        raise RehearsalError(f"a miner did not start: {log.read_text(errors='replace').strip()}")

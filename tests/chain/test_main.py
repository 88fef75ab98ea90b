"""The chain's commands, through the interpreter, as a user types them."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def chain(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chain", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def done(*arguments: str | Path) -> str:
    result = chain(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def refused(*arguments: str | Path) -> str:
    result = chain(*arguments)
    assert result.returncode == 2, result
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    return result.stderr


def test_from_nothing_to_a_metagraph(tmp_path: Path) -> None:
    ledger, key = tmp_path / "ledger", tmp_path / "keys" / "hot"
    hotkey = done("key", key)
    assert hotkey.startswith("5")
    assert str(ledger) in done("create", ledger, "--tempo", "10", "--netuid", "7")
    assert done("register", ledger, "--key", key, "--stake", "12.5") == "0"
    assert done("register", ledger, "--key", key) == "0"
    assert done("skip", ledger, "10") == "10"
    metagraph = json.loads(done("show", ledger, "--json"))
    assert (metagraph["netuid"], metagraph["tempo"], metagraph["block"]) == (7, 10, 10)
    (neuron,) = metagraph["neurons"]
    assert (neuron["hotkey"], neuron["stake"], neuron["validator_permit"]) == (hotkey, 12.5, True)
    assert hotkey[:6] in done("show", ledger)


def test_mistakes_are_one_line_and_exit_code_two(tmp_path: Path) -> None:
    ledger, key = tmp_path / "ledger", tmp_path / "hot"
    assert "chain create" in refused("show", ledger)
    done("create", ledger)
    assert "exists" in refused("create", ledger)
    assert "chain key" in refused("register", ledger, "--key", key)
    done("key", key)
    assert "exists" in refused("key", key)
    key.chmod(0o644)
    assert f"chmod 600 {key}" in refused("register", ledger, "--key", key)

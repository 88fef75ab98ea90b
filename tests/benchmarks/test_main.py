"""The command: what cannot be measured is one line; the cheap figures can be measured, whatever their values."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import RESULTS

COMMAND = [sys.executable, "-m", "benchmarks"]


def test_an_unknown_figure_is_one_line_and_exit_code_2() -> None:
    ran = subprocess.run([*COMMAND, "speed"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("benchmarks: unknown figure 'speed'")
    assert ran.stderr.count("\n") == 1


def test_no_engine_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    environment = os.environ | {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    ran = subprocess.run([*COMMAND, "soak"], capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode == 2
    assert ran.stderr.startswith("benchmarks: no Docker engine answers")
    assert ran.stderr.count("\n") == 1


@pytest.mark.heavy
@pytest.mark.usefixtures("engine")
def test_the_cheap_figures_can_be_measured(tmp_path: Path) -> None:
    """Nothing is asserted of any time: that is for a quiet machine."""
    names = ["agent-cost", "fresh-container", "sustained", "run-code", "bulk", "idle-memory", "drift"]
    written = RESULTS.read_bytes() if RESULTS.exists() else None
    output = tmp_path / "report.md"
    command = [*COMMAND, *names, "--quick", "--output", str(output)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    text = output.read_text()
    assert [name for name in names if f"\n## {name}\n" not in text] == []
    assert (RESULTS.read_bytes() if RESULTS.exists() else None) == written, "a quick run wrote over the results"

"""What every test may rely on: a Docker engine when asked for, and no skip that nobody agreed to."""

import signal
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine answers, started by us if need be."""
    started = subprocess.run([ROOT / "docker/engine.sh", "start"], capture_output=True, text=True, check=False)
    if started.returncode:
        pytest.fail(started.stderr)


def pytest_configure(config: pytest.Config) -> None:
    # A run in the background ignores Ctrl-C, and so would every process that it starts, in tests of Ctrl-C too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(_Skips(config), "lovelace-skips")


class _Skips:
    """Gathers skips here and in xdist's workers, and fails the run for those that tests/skips.toml does not list."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """xdist does not report a module that skips itself while it is collected; its worker tells us at its end."""
        self.skipped.update(getattr(node, "workeroutput", {}).get("skipped", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["skipped"] = sorted(self.skipped)
        elif session.exitstatus == pytest.ExitCode.OK and any(self._unlisted()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"skipped tests: {len(self.skipped)}")
        for nodeid in self._unlisted():
            terminalreporter.write_line(f"SKIPPED, but not listed in tests/skips.toml: {nodeid}", red=True)

    def _unlisted(self) -> Iterator[str]:
        listed = tuple(skip["id"] for skip in tomllib.loads((ROOT / "tests/skips.toml").read_text()).get("skip", ()))
        return (nodeid for nodeid in sorted(self.skipped) if not nodeid.startswith(listed))

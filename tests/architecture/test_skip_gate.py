"""A skip that nobody agreed to fails the run, wherever it happens."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
AGREED = '[[skip]]\nid = "tests/test_sample.py"\nreason = "for this test"\n'
IN_A_TEST = 'import pytest\ndef test_skips(): pytest.skip("why")\ndef test_passes(): pass\n'
IN_COLLECTION = 'import pytest\npytest.skip("why", allow_module_level=True)\n'
EXPECTED_FAILURE = "import pytest\n@pytest.mark.xfail\ndef test_fails(): assert False\n"


def run_sample(folder: Path, sample: str, agreed: str, workers: str) -> subprocess.CompletedProcess[str]:
    (folder / "tests").mkdir()
    shutil.copy(CONFTEST, folder / "tests")
    (folder / "tests/test_sample.py").write_text(sample)
    (folder / "tests/test_passing.py").write_text("def test_passes(): pass\n")
    (folder / "tests/skips.toml").write_text(agreed)
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n')
    command = [sys.executable, "-m", "pytest", "-n", workers, "-p", "no:cacheprovider", "tests"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("sample", [IN_A_TEST, IN_COLLECTION])
def test_an_unlisted_skip_fails_the_run(tmp_path: Path, sample: str, workers: str) -> None:
    ran = run_sample(tmp_path, sample, "", workers)
    assert ran.returncode == 1, ran.stdout
    assert "skipped tests: 1\n" in ran.stdout
    assert "not listed in tests/skips.toml: tests/test_sample.py" in ran.stdout


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("sample", [IN_A_TEST, IN_COLLECTION])
def test_a_listed_skip_is_counted_and_passes(tmp_path: Path, sample: str, workers: str) -> None:
    ran = run_sample(tmp_path, sample, AGREED, workers)
    assert ran.returncode == 0, ran.stdout
    assert "skipped tests: 1\n" in ran.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    ran = run_sample(tmp_path, EXPECTED_FAILURE, "", "0")
    assert ran.returncode == 0, ran.stdout
    assert "skipped tests: 0\n" in ran.stdout

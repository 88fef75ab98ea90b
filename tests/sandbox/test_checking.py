"""`lovelace sandbox check` tells a sound image from one that is not."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox import corpus
from sandbox.__main__ import app

pytestmark = pytest.mark.usefixtures("engine")


def test_a_sound_language_passes() -> None:
    checked = CliRunner().invoke(app, ["check", "--tier", "python", "--language", "python"])
    assert checked.exit_code == 0, checked.output
    assert "Python 3." in checked.output


def test_a_program_that_does_otherwise_than_it_must_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(corpus.directory() / "python/hello", tmp_path / "python/hello")
    (tmp_path / "python/hello/main.py").write_text("print('good-bye')")
    monkeypatch.setattr(corpus, "directory", lambda: tmp_path)
    checked = CliRunner().invoke(app, ["check", "--tier", "python"])
    assert checked.exit_code == 1, checked.output
    assert "python/hello: stdout: expected b'hello\\n', got b'good-bye\\n'" in checked.output


def test_a_language_without_a_corpus_is_not_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "directory", lambda: tmp_path)
    assert CliRunner().invoke(app, ["check", "--tier", "python"]).exit_code == 1

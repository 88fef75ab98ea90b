"""Every figure is found by its name, and none is left out."""

from pathlib import Path

import pytest

from benchmarks import figures, registry
from benchmarks.errors import UnknownFigure


def test_every_module_of_a_figure_is_registered_under_its_name() -> None:
    folder = Path(str(figures.__file__)).parent
    modules = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert set(registry.FIGURES) == modules


def test_no_name_means_all() -> None:
    assert registry.choose([]) == registry.FIGURES


def test_names_choose_in_the_order_of_measurement() -> None:
    assert list(registry.choose(["soak", "humaneval"])) == ["humaneval", "soak"]


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownFigure, match=r"'speed'.*humaneval"):
        registry.choose(["speed"])

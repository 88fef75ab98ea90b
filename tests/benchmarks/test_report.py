"""The report says everything that a performance claim must say."""

import pytest

from benchmarks import report
from benchmarks.figure import Claim, Figure, Series

FIGURE = Figure(
    "speed",
    "How fast.",
    (Series("ours", "ms", (1.0, 2.0, 9.0)),),
    (Claim("faster", 8.2, 7, "x", at_least=True), Claim("small", 21, 20, "MB")),
    peer="sleep 1",
    notes=("A reason.",),
)


def test_names_the_machine_the_commands_n_the_median_and_the_spread() -> None:
    text = report.write({"CPU": "fast one, 2 cores"}, [FIGURE], quick=False)
    assert "Written by `make bench`" in text
    assert "| CPU | fast one, 2 cores |" in text
    assert "Command: `python -m benchmarks speed`; peer: `sleep 1`" in text
    assert "| ours | 3 | 2 | 1 - 9 | ms |" in text
    assert "- A reason." in text


def test_says_of_each_claim_whether_it_is_met_in_the_summary_and_in_its_figure() -> None:
    text = report.write({}, [FIGURE], quick=False)
    assert "| speed | faster | 8.2 x | at least 7 x | met |" in text
    assert "| speed | small | 21 MB | at most 20 MB | **not met** |" in text
    assert text.count("**not met**") == 2


def test_a_quick_run_says_that_it_proves_nothing() -> None:
    assert "prove nothing" in report.write({}, [FIGURE], quick=True)
    assert "python -m benchmarks speed --quick" in report.section(FIGURE, quick=True)
    assert "prove nothing" not in report.write({}, [FIGURE], quick=False)


@pytest.mark.parametrize(
    ("value", "text"), [(0.00819, "0.00819"), (1.2345, "1.23"), (99.96, "100"), (1234.5, "1,234"), (0, "0")]
)
def test_numbers_have_three_digits_or_all_of_a_whole_number(value: float, text: str) -> None:
    assert report.number(value) == text

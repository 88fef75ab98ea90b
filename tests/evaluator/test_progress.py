"""The bar of a long run."""

import io
import itertools
import re

from rich.console import Console

from evaluator import progress


def test_a_terminal_shows_number_rate_time_left_and_share_passed() -> None:
    screen = io.StringIO()
    with progress.shown(Console(file=screen, force_terminal=True, width=120), "judging", 8, passes=True) as told:
        for passed in (1, 0, 1, 1):
            told(1, passed=passed)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())
    last = text.replace("\n", "\r").strip("\r").split("\r")[-1]
    assert "judging" in last
    assert "4/8" in last
    assert re.search(r"\d/s", last)
    assert re.search(r"\d+:\d\d:\d\d", last)
    assert "75% passed" in last


def test_nothing_is_shown_where_there_is_no_terminal() -> None:
    screen = io.StringIO()
    with progress.shown(Console(file=screen), "asking", 2) as told:
        for _ in itertools.repeat(None, 2):
            told(1)
    assert screen.getvalue() == ""

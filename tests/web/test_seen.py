"""Everybody can use the page: each state as axe-core, a small screen and a person see it."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Serving, Site
from tests.web.desk import Desk, draft

pytestmark = pytest.mark.heavy
PRIMES = """\
import sys

limit = int(sys.stdin.readline())
sieve = [True] * (limit + 1)
for n in range(2, limit + 1):
    if sieve[n]:
        print(f"\\x1b[32m{n}\\x1b[0m", end=" ", flush=True)
        sieve[n * n :: n] = [False] * len(sieve[n * n :: n])
print()
print("looked at", limit, "numbers", file=sys.stderr)
"""
BROKEN = """\
#include <iostream>
#include <vector>

int main() {
    std::vector<int> numbers{3, 1, 2};
    int unused = 7;
    for (int number : numbers)
        std::cout << nummer << "\\n"
    return "none";
}
"""
CASES = [{"stdin": "10", "expected": "2 3 5 7"}, {"stdin": "20", "expected": "2 3 5 7 11 13"}]
FOREVER = "import os\nprint('waiting', flush=True)\nos.read(os.pipe()[0], 1)"


def empty(desk: Desk) -> None:
    desk.open()


def running(desk: Desk) -> None:
    desk.open(draft(FOREVER)).press_run()
    desk.shows(desk.log(), "waiting")


def finished(desk: Desk) -> None:
    desk.open(draft(PRIMES, stdin="200\n")).run()
    expect(desk.state()).to_have_text("Finished")


def compile_error(desk: Desk) -> None:
    desk.open(draft(BROKEN, "cpp", "main.cpp")).run()
    expect(desk.page.locator(".problems button")).not_to_have_count(0)


def limit(desk: Desk) -> None:
    limits = {"cpu_seconds": 0.2, "wall_seconds": 30, "memory_bytes": 256 << 20, "output_bytes": 1 << 20}
    desk.open(draft("while True: pass", limits=limits)).run()
    desk.page.locator(".limits summary").click()


def share(desk: Desk) -> None:
    desk.open(draft(PRIMES))
    desk.button("Share").click()
    expect(desk.page.get_by_label("Link", exact=True)).to_be_visible()


def cases(desk: Desk) -> None:
    desk.open(draft(PRIMES.replace("\\x1b[32m", "").replace("\\x1b[0m", ""), mode="tests", cases=CASES)).run()
    expect(desk.page.locator(".total")).to_have_text("1 of 2 passed")


def judged(desk: Desk) -> None:
    desk.open(draft("", mode="judge", problem="HumanEval/4"))
    desk.shows(desk.code, "mean_absolute_deviation")
    desk.code.click()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.insert_text("    return sum(numbers)\n")
    desk.run()
    desk.shows(desk.page.locator(".judgement"), "Wrong")


def picking(desk: Desk) -> None:
    desk.open(draft(PRIMES))
    desk.page.locator(".picked").click()
    expect(desk.page.get_by_role("option")).not_to_have_count(0)


STATES = {
    state.__name__: state for state in (empty, running, finished, compile_error, limit, share, cases, judged, picking)
}
LOOKS: dict[str, tuple[Literal["light", "dark"], int]] = {
    "light": ("light", 1280),
    "dark": ("dark", 1280),
    "360px": ("light", 360),
}
PICTURES = {"finished": ("light", "dark", "360px")} | dict.fromkeys(("compile_error", "cases", "judged"), ("light",))


@pytest.mark.parametrize("state", STATES)
def test_nothing_keeps_people_out_in_light_in_the_dark_or_on_a_small_screen(desk: Desk, state: str) -> None:
    STATES[state](desk)
    found: dict[str, object] = {}
    for look in LOOKS:
        desk.look(*LOOKS[look])
        if look in PICTURES.get(state, ()):
            desk.picture(f"{state}-{look}")
        found[look] = (desk.violations(), max(desk.overflow(), 0))
    assert found == dict.fromkeys(LOOKS, ([], 0))


def test_a_program_is_run_on_a_small_screen_and_its_output_comes_into_view(
    desk_at: Callable[..., Desk], site: Site
) -> None:
    desk = desk_at(site.url, width=360)
    finished(desk)
    expect(desk.log()).to_be_in_viewport()
    assert desk.overflow() <= 0


@pytest.fixture(scope="module")
def busy(serving: Serving) -> Iterator[Site]:
    """A server that takes one program a minute from a visitor."""
    options = ("--no-local", "--anonymous", "--anonymous-burst", 1, "--anonymous-per-minute", 1)
    with serving("--tier", "python", "--slots", 1, *options) as site:
        yield site


def test_overload_keeps_nobody_out_either(desk_at: Callable[..., Desk], busy: Site) -> None:
    desk = desk_at(busy.url).open(draft("print(1)")).run()
    desk.run()
    desk.shows(desk.notice, "Too many runs")
    desk.picture("overload-light")
    assert desk.violations() == []


def test_what_happens_is_told_to_a_screen_reader(desk: Desk) -> None:
    desk.open(draft("print('out')"))
    expect(desk.page.get_by_role("status")).to_be_attached()
    desk.run()
    expect(desk.page.get_by_role("status").first).to_have_text("Finished")
    expect(desk.page.get_by_role("log", name="Run output")).to_have_text("out\n")
    expect(desk.page.get_by_role("textbox", name="Code of main.py")).to_be_visible()


def test_nothing_moves_and_nothing_is_cut_on_a_very_wide_screen(desk_at: Callable[..., Desk], site: Site) -> None:
    desk = desk_at(site.url, width=2560)
    finished(desk)
    assert desk.overflow() <= 0

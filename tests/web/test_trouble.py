"""What goes wrong is said in words that a person can act on."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from sandbox.keys import create
from tests.web.conftest import Serving, Site
from tests.web.desk import PATIENCE_MS, Desk, draft

pytestmark = pytest.mark.heavy
SLOW = {"language": "python", "source": "import time; time.sleep(600)"}
STRANGERS = ("--no-local", "--anonymous", "--tier", "python", "--slots", 1)


@pytest.fixture
def full(serving: Serving) -> Iterator[Site]:
    """A server at work for another, for whom one more waits; nobody else may."""
    with serving("--tier", "python", "--slots", 1, "--queue", 1) as site, ExitStack() as held:
        client = held.enter_context(httpx.Client(base_url=site.url, timeout=60))
        streams = [held.enter_context(client.stream("POST", "/v1/execute/stream", json=SLOW)) for _ in range(2)]
        lines = [stream.iter_lines() for stream in streams]
        for one in lines:
            next(one)
        yield site


def test_a_full_server_says_so_and_offers_another_try(desk_at: Callable[..., Desk], full: Site) -> None:
    desk = desk_at(full.url)
    desk.page.goto(full.url)
    desk.press_run()
    desk.shows(desk.notice, "The server is full")
    expect(desk.notice.get_by_role("button", name=re.compile("^Try again"))).to_be_visible()


def test_a_visitor_is_told_how_long_to_wait_and_may_try_again(desk_at: Callable[..., Desk], serving: Serving) -> None:
    options = (*STRANGERS, "--anonymous-burst", 1, "--anonymous-per-minute", 20)
    with serving(*options) as site:
        desk = desk_at(site.url).open(draft("print(1)")).run()
        expect(desk.log()).to_have_text("1\n")
        desk.run()
        again = desk.notice.get_by_role("button", name=re.compile(r"^Try again"))
        expect(again).to_have_text(re.compile(r"Try again in \d s"))
        expect(again).to_be_enabled(timeout=PATIENCE_MS)
        again.click()
        desk.until_idle()
        expect(desk.notice).to_be_hidden()
        expect(desk.log()).to_have_text("1\n")


def test_every_visitors_program_has_a_container_of_its_own(desk_at: Callable[..., Desk], serving: Serving) -> None:
    # The first run of a container; a second one's directory has another number.
    with serving(*STRANGERS) as site:
        desk = desk_at(site.url).open(draft("import os; print(os.getcwd(), os.getuid())"))
        desk.shows(desk.page.locator("footer"), "a container that nobody used before")
        seen = {desk.run().log().inner_text().split()[0] for _ in range(3)}
        assert len(seen) == 1


def test_a_server_that_knows_nobody_asks_for_a_key(
    desk_at: Callable[..., Desk], serving: Serving, open_directory: Path
) -> None:
    key = create(open_directory / "keys.db", "reader")
    with serving("--no-local", "--tier", "python", "--slots", 1, "--keys", open_directory / "keys.db") as site:
        desk = desk_at(site.url)
        desk.page.goto(site.url)
        desk.page.get_by_label("API key").fill(key)
        desk.button("Use it").click()
        expect(desk.page.locator(".picked .version")).not_to_be_empty(timeout=PATIENCE_MS)
        desk.run()
        expect(desk.log()).to_have_text("Hello, world!\n")


def test_a_server_that_goes_is_waited_for_until_it_is_back(desk_at: Callable[..., Desk], serving: Serving) -> None:
    with serving("--tier", "python", "--slots", 1) as site:
        desk = desk_at(site.url).open(draft("print('same as before')"))
        site.process.kill()
        site.process.wait()
        desk.press_run()
        desk.shows(desk.notice, "The server does not answer")
        site.start()
        desk.shows(desk.notice, "The server is back")
        desk.run()
        expect(desk.log()).to_have_text("same as before\n")


def test_a_server_that_goes_while_a_program_runs_is_not_taken_for_its_end(
    desk_at: Callable[..., Desk], serving: Serving
) -> None:
    with serving("--tier", "python", "--slots", 1) as site:
        desk = desk_at(site.url).open(draft("import time; print('on', flush=True); time.sleep(60)"))
        desk.press_run()
        desk.shows(desk.log(), "on")
        site.process.kill()
        site.process.wait()
        desk.shows(desk.notice, "cut off")
        expect(desk.state()).to_have_text("Cut off")
        site.start()
        desk.shows(desk.notice, "The server is back")

"""From key press to first output on the web page, against the bare stream that it reads."""

import asyncio
import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import httpx

from benchmarks.errors import NotMeasurable, WrongAnswer
from benchmarks.figure import Claim, Figure, Series

if TYPE_CHECKING:
    from playwright.async_api import Page

BOUND_MS = 25.0
ROUNDS, QUICK_ROUNDS = 100, 3
PROGRAM = {"language": "python", "source": "print('hello')\n"}
DRAFT = '{"language": "python", "files": [{"name": "main.py", "text": "print(\'hello\')\\n"}]}'
WATCH = """() => {
    const log = document.querySelector('[aria-label="Run output"]');
    window.pressed = 0;
    window.next = () => new Promise((resolve) => { window.seen = resolve; });
    const press = (event) => { if (event.key === "Enter") window.pressed = event.timeStamp; };
    addEventListener("keydown", press, {capture: true});
    new MutationObserver(() => {
        if (!log.textContent || !window.pressed) return;
        const began = window.pressed;
        const written = performance.now() - began;
        window.pressed = 0;
        requestAnimationFrame(() => setTimeout(() => window.seen([written, performance.now() - began])));
    }).observe(log, {childList: true, subtree: true});
}"""
"""Times are those of the browser's own clock: when the key went down, when the text was there, when it was drawn."""


def measure(quick: bool) -> Figure:
    """Milliseconds from Ctrl+Enter to the first output, and from the request to its first `stdout` event."""
    return asyncio.run(_measure(QUICK_ROUNDS if quick else ROUNDS))


FETCH = """async (program) => {
    const began = performance.now();
    const headers = {"Content-Type": "application/json"};
    const answer = await fetch("v1/execute/stream", {method: "POST", headers, body: JSON.stringify(program)});
    let took = 0, text = "";
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (!took && text.includes("event: stdout")) took = performance.now() - began;
    }
    return took;
}"""
"""The same request by the browser, without our page: what is the browser's own."""


async def _measure(rounds: int) -> Figure:
    written, drawn, bare, fetched = [], [], [], []
    with _server() as url:
        async with _page(url) as page, httpx.AsyncClient(base_url=url, timeout=60) as client:
            for warm in range(-3, rounds):
                theirs = await _bare(client)
                browsers = await page.evaluate(FETCH, PROGRAM)
                ours = await _pressed(page)
                if warm >= 0:
                    bare.append(theirs)
                    fetched.append(browsers)
                    written.append(ours[0])
                    drawn.append(ours[1])
    series = (
        Series("page, in the document", "ms", tuple(written)),
        Series("page, drawn", "ms", tuple(drawn)),
        Series("bare stream", "ms", tuple(bare)),
        Series("bare stream, by the browser", "ms", tuple(fetched)),
    )
    more = series[1].median - series[2].median
    return Figure(
        "page",
        "Ctrl+Enter in the web page (Chromium, `print('hello')`, a lease that stands) until its first output is in "
        "the document and until it is drawn; alternating with a bare `POST /v1/execute/stream` until its first "
        "`stdout` event, by a Python client and by the same browser.",
        series,
        (Claim("p50 of the page until drawn, less p50 of the bare stream", more, BOUND_MS, "ms"),),
        notes=("Drawn: the task after the next animation frame, which comes 60 times a second.",),
    )  # fmt: skip


async def _bare(client: httpx.AsyncClient) -> float:
    began = time.perf_counter()
    took = 0.0
    async with client.stream("POST", "/v1/execute/stream", json=PROGRAM) as answer:
        async for line in answer.aiter_lines():
            if line == "event: stdout" and not took:
                took = time.perf_counter() - began
    if not took:
        raise WrongAnswer("the bare stream told no output")
    return 1000 * took


async def _pressed(page: "Page") -> tuple[float, float]:
    await page.evaluate("window.drawn = window.next(), 0")
    await page.keyboard.press("Control+Enter")
    written, drawn = await page.evaluate("window.drawn")
    await page.locator("button.stop:disabled").wait_for()
    return written, drawn


@contextlib.asynccontextmanager
async def _page(url: str) -> "AsyncIterator[Page]":
    """The page, open, with our program in it. Raises NotMeasurable."""
    from playwright.async_api import async_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise NotMeasurable("no Chromium: as root run 'apt-get install chromium'")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.add_init_script(f"localStorage.setItem('lovelace.draft', {DRAFT!r})")
        answer = await page.goto(url)
        if answer is None or not answer.ok:
            raise NotMeasurable("the page is not built: make page")
        await page.locator(".cm-content").focus()
        await page.evaluate(WATCH)
        yield page
        await browser.close()


@contextlib.contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "lovelace", "sandbox", "serve", "--port", "0", "--tier", "python", "--slots", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()

"""A real browser, a real server, real containers. Debian's Chromium must be there; `make test-all` sees to it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

from tests.web.desk import AXE, HEIGHT, ROOT, SCREENSHOTS, Desk

WEB = ROOT / "sandbox/web"
NETWORK = "Failed to load resource"
"""How the console tells of every answer that is no success; those are shown on the page."""


@dataclass(slots=True)
class Site:
    """A server; it can be ended, and started again at the same address."""

    options: tuple[object, ...]
    url: str = ""
    module: str = "lovelace"
    process: subprocess.Popen[str] = field(init=False)

    def start(self) -> None:
        port = self.url.rpartition(":")[2] or "0"
        front = ["sandbox"] if self.module == "lovelace" else []
        command = [sys.executable, "-m", self.module, *front, "serve", "--port", port, *map(str, self.options)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        assert httpx.get(f"{self.url}/readyz", timeout=60).status_code == 200

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate()


Serving = Callable[..., AbstractContextManager[Site]]


@pytest.fixture(scope="session")
def built() -> None:
    """The page is built, and out of what lies here."""
    index = WEB / "dist/index.html"
    sources = [WEB / "index.html", *(path for path in (WEB / "src").rglob("*") if path.is_file())]
    if not index.exists() or not AXE.exists():
        pytest.fail("the page is not built: make page")
    if newer := [path.name for path in sources if path.stat().st_mtime > index.stat().st_mtime]:
        pytest.fail(f"the page is older than {newer}: make page")


@pytest.fixture(scope="session")
def serving(engine: None, built: None) -> Serving:
    """Run ``lovelace sandbox serve`` with these options."""

    @contextmanager
    def serve(*options: object, module: str = "lovelace") -> Iterator[Site]:
        site = Site(options, module=module)
        site.start()
        try:
            yield site
        finally:
            site.end()

    return serve


@pytest.fixture(scope="session")
def site(serving: Serving) -> Iterator[Site]:
    """A server with every language of the core tier."""
    with serving("--tier", "core", "--slots", 2) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("no Chromium: as root run 'apt-get install chromium'")
    with sync_playwright() as playwright:
        # Its own sandbox needs a user that is not root.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: docs/screenshots if they are asked for (`make screenshots`), else where nobody keeps them."""
    return SCREENSHOTS if "SCREENSHOTS" in os.environ else tmp_path


@pytest.fixture
def desk_at(chromium: Browser, pictures: Path) -> Iterator[Callable[..., Desk]]:
    """Sit down at ``url``, in a browser that knows nothing yet. Whatever the page does wrong fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def sit(url: str, *, dark: bool = False, width: int = 1280) -> Desk:
        size: ViewportSize = {"width": width, "height": HEIGHT}
        contexts.append(chromium.new_context(viewport=size, color_scheme="dark" if dark else "light"))
        page = contexts[-1].new_page()
        listen(page, url, complaints)
        return Desk(page, url, pictures)

    yield sit
    for context in contexts:
        context.close()
    assert complaints == []


def listen(page: Page, url: str, complaints: list[str]) -> None:
    """Gather errors, breaches of the policy, and requests to others than the server."""

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(NETWORK):
            complaints.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{url}/", "data:", "blob:")):
            complaints.append(f"a request to {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", asked)


@pytest.fixture
def desk(desk_at: Callable[..., Desk], site: Site) -> Desk:
    return desk_at(site.url)


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that everyone may pass: a server that root starts is nobody when it reads its keys."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)

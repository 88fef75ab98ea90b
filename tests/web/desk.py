"""The page in a browser, as somebody who sits in front of it."""

import base64
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
AXE = ROOT / "sandbox/web/node_modules/axe-core/axe.min.js"
SCREENSHOTS = ROOT / "docs/screenshots"
PATIENCE_MS = 60_000
HEIGHT = 760
PUT = """\
import array, fcntl, os, termios

def put(stream, text):
    os.write(stream, text)
    unread = array.array("i", [1])
    while unread[0]:
        fcntl.ioctl(stream, termios.FIONREAD, unread)

"""
"""The beginning of a program that writes, and goes on once that has been read."""
SERIOUS = ("serious", "critical")


def draft(source: str, language: str = "python", name: str = "main.py", **more: Any) -> dict[str, Any]:
    """What the page keeps in the browser for a program."""
    return {"language": language, "files": [{"name": name, "text": source}], **more}


def fragment(of: dict[str, Any]) -> str:
    """A link's fragment, made without the page."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps(of).encode()) + packer.flush()
    return "#1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Desk:
    """A tab of a browser of one's own."""

    page: Page
    url: str
    pictures: Path

    def open(self, kept: dict[str, Any] | None = None, path: str = "/") -> "Desk":
        """Load the page, in a browser that has kept this draft; it can be worked with then."""
        if kept is not None:
            text = json.dumps(json.dumps(kept))
            keep = f"localStorage.getItem('lovelace.draft') ?? localStorage.setItem('lovelace.draft', {text})"
            self.page.add_init_script(f"if (location.protocol === 'http:') {keep}")
        self.page.goto(self.url + path)
        expect(self.page.locator(".picked .version")).not_to_be_empty(timeout=PATIENCE_MS)
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def run(self) -> "Desk":
        """Press Run, and wait for the end."""
        self.press_run()
        self.until_idle()
        return self

    def press_run(self) -> None:
        self.page.locator("button.run").click()

    def until_idle(self) -> None:
        expect(self.page.locator("button.stop")).to_be_disabled(timeout=PATIENCE_MS)

    def stage(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def state(self, name: str = "Run") -> Locator:
        """The words that tell how a stage stands."""
        return self.stage(name).locator(".state")

    def log(self, stage: str = "Run") -> Locator:
        """What a stage wrote, both streams."""
        return self.page.get_by_role("log", name=f"{stage} output", exact=True)

    def only(self, stream: str) -> None:
        """Show one stream, or both."""
        self.page.get_by_role("group", name="Streams of Run").get_by_role("button", name=stream, exact=True).click()

    @property
    def status(self) -> Locator:
        return self.page.locator(".status")

    @property
    def notice(self) -> Locator:
        return self.page.locator(".notice")

    @property
    def code(self) -> Locator:
        return self.page.locator(".cm-content")

    def shows(self, locator: Locator, text: str) -> None:
        expect(locator).to_contain_text(text, timeout=PATIENCE_MS)

    def look(self, scheme: Literal["light", "dark"], width: int) -> None:
        """From now on, by another taste and on another screen; what was run last stays in view."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.evaluate("document.querySelector('.stage:not([hidden])')?.scrollIntoView({block: 'nearest'})")

    def violations(self) -> list[str]:
        """What axe-core finds that keeps people out."""
        # By the debugger's protocol: the page's own policy forbids foreign scripts.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for one in found["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]

    def overflow(self) -> int:
        """How many pixels of the page do not fit its width."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    def picture(self, name: str) -> None:
        self.page.mouse.move(0, 0)  # away from what would look different under it
        self.page.screenshot(path=self.pictures / f"{name}.png")

"""What one wrote: kept, shared, taken away, embedded."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.web.conftest import Site
from tests.web.desk import Desk, draft, fragment

pytestmark = pytest.mark.heavy


def test_what_was_written_survives_a_reload(desk: Desk) -> None:
    desk.open(draft("# mine\n"))
    desk.code.focus()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.type("# more")
    desk.page.get_by_label("Arguments").fill("a b")
    desk.open()
    expect(desk.code).to_contain_text("# mine# more")
    expect(desk.page.get_by_label("Arguments")).to_have_value("a b")


def test_each_language_keeps_its_own_text(desk: Desk) -> None:
    desk.open(draft("# mine"))
    for language, text in (("bash", "read -r name"), ("python", "# mine")):
        desk.page.locator(".picked").click()
        desk.page.keyboard.type(language)
        desk.page.keyboard.press("Enter")
        desk.shows(desk.code, text)


def test_a_link_holds_everything_in_a_fresh_browser(desk_at: Callable[..., Desk], site: Site) -> None:
    desk = desk_at(site.url).open(
        draft("import sys, util\nprint(util.f(sys.stdin.read(), sys.argv))", stdin="π", arguments="x 'y z'")
    )
    desk.button("Add a file").click()
    desk.page.get_by_label("Name", exact=True).fill("util.py")
    desk.page.keyboard.press("Enter")
    desk.code.click()
    desk.page.keyboard.type("f = lambda *a: a")
    desk.button("Share").click()
    link = desk.page.get_by_label("Link", exact=True).input_value()
    assert "#" in link
    other = desk_at(site.url)
    other.open(path=link.removeprefix(site.url)).run()
    expect(other.log()).to_contain_text("('π', [")
    expect(other.log()).to_contain_text("'x', 'y z'])")
    expect(other.page.get_by_role("tab", name="util.py")).to_be_visible()


def test_a_link_leaves_ones_own_draft_alone(desk: Desk) -> None:
    desk.open(draft("# mine"))
    desk.page.goto("about:blank")
    desk.open(path="/" + fragment(draft("# theirs")))
    desk.shows(desk.code, "# theirs")
    desk.code.click()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.type("!")
    desk.page.reload()
    desk.shows(desk.code, "# theirs!")
    desk.button("Back to my own").click()
    desk.shows(desk.code, "# mine")
    assert "#" not in desk.page.url


@pytest.mark.parametrize("damaged", ["#1.AAAA", "#1.%", "#2.x", "#1.", fragment({"language": 1})])
def test_a_damaged_link_says_so(desk: Desk, damaged: str) -> None:
    desk.open(draft("# mine"), path="/" + damaged)
    desk.shows(desk.notice, "The link is damaged")
    desk.shows(desk.code, "# mine")


def test_one_file_is_downloaded_as_it_is_and_several_as_an_archive(desk: Desk, tmp_path: Path) -> None:
    files = [{"name": "main.py", "text": "print('ü')\n"}, {"name": "data/ä.txt", "text": "x" * 1000}]
    desk.open({"language": "python", "files": files})
    with desk.page.expect_download() as download:
        desk.button("Download").click()
    assert download.value.suggested_filename == "python.zip"
    download.value.save_as(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {
            file["name"]: file["text"] for file in files
        }
    desk.page.get_by_role("tab", name="data/ä.txt").click()
    desk.button("Delete this file").click()
    with desk.page.expect_download() as download:
        desk.button("Download").click()
    assert download.value.suggested_filename == "main.py"
    assert Path(download.value.path()).read_text() == "print('ü')\n"


def embedded(page: Page, url: str) -> FrameLocator:
    """``url`` in a frame of a page of another site: this machine by another name."""
    page.goto(url.replace("127.0.0.1", "localhost").partition("?")[0] + "healthz")
    page.set_content(f'<iframe src="{url}{fragment(draft("print(1 + 1)"))}" width="900" height="600"></iframe>')
    return page.frame_locator("iframe")


def test_another_site_can_embed_the_page_and_it_runs_there(chromium: Browser, site: Site) -> None:
    with chromium.new_page() as page:
        inside = embedded(page, f"{site.url}/?embed=1")
        expect(inside.locator(".picked .version")).not_to_be_empty()
        inside.locator("button.run").click()
        expect(inside.get_by_role("log", name="Run output")).to_have_text("2\n", timeout=60_000)
        expect(inside.get_by_role("link", name="Open in Lovelace")).to_be_visible()


def test_another_site_cannot_embed_what_is_not_meant_for_it(chromium: Browser, site: Site) -> None:
    with chromium.new_page() as page:
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        inside = embedded(page, f"{site.url}/")
        expect(inside.locator(".bar")).to_have_count(0)
        assert any("frame-ancestors 'none'" in text for text in refused), refused

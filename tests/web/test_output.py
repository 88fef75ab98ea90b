"""Whatever a program writes is text, and no more of it than a page can hold."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.desk import PUT, Desk, draft

pytestmark = pytest.mark.heavy
LIMITS = {"cpu_seconds": 10, "wall_seconds": 30, "memory_bytes": 256 << 20, "output_bytes": 64 << 20}


def written(text: str) -> dict[str, object]:
    return draft(f"import sys; sys.stdout.write({text!r})")


def test_html_and_scripts_are_shown_and_not_heeded(desk: Desk) -> None:
    text = "<script>document.title = 'mine'</script><img src=x onerror=document.title='mine'><b>bold</b>"
    desk.open(written(text)).run()
    expect(desk.log()).to_have_text(text)
    assert desk.page.title() == "Lovelace: compile and run"
    expect(desk.log().locator("b, img, script")).to_have_count(0)


def test_colours_are_shown(desk: Desk) -> None:
    desk.open(written("\x1b[1;31mred\x1b[0m plain \x1b[38;5;46mgreen\x1b[39m \x1b[48;2;1;2;3mback\x1b[m")).run()
    expect(desk.log()).to_have_text("red plain green back")
    expect(desk.log().locator(".bold.fg-red")).to_have_text("red")
    expect(desk.log().locator(".stdout span").nth(1)).to_have_css("color", "rgb(0, 255, 0)")
    expect(desk.log().locator(".stdout span").nth(2)).to_have_css("background-color", "rgb(1, 2, 3)")


def test_a_colour_that_arrives_in_two_parts_is_one(desk: Desk) -> None:
    # What goes to stderr in between lets the two halves go out by themselves.
    desk.open(draft(f"{PUT}put(1, b'\\x1b[3')\nput(2, b'-')\nput(1, b'2mgreen')")).run()
    expect(desk.log()).to_have_text("-green")
    expect(desk.log().locator(".fg-green")).to_have_text("green")


def test_terminal_sequences_do_nothing_and_control_characters_are_signs(desk: Desk) -> None:
    text = "a\x1b[2J\x1b]0;title\x07b\x1b]8;;https://example.org\x1b\\link\x1b(Bc\x07\x00\u202ed\r\ne\x1b[12"
    desk.open(written(text)).run()
    expect(desk.log()).to_have_text("ablinkc␇␀U+202Ed\ne␛[12")


def test_a_sequence_that_never_ends_hides_nothing_for_long(desk: Desk) -> None:
    desk.open(written("\x1b]0;" + "x" * 5000 + "end")).run()
    desk.shows(desk.log(), "end")


def test_bytes_that_are_no_text_are_shown_as_such(desk: Desk) -> None:
    desk.open(draft("import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\x00ok')")).run()
    expect(desk.log()).to_have_text("\ufffd\ufffd␀ok")


def test_50_megabytes_leave_the_page_usable_and_are_all_to_be_had(desk: Desk, tmp_path: Path) -> None:
    source = "import sys\nfor _ in range(50): sys.stdout.write('0123456789abcde\\n' * 65536)"
    desk.open(draft(source, limits=LIMITS)).run()
    desk.shows(desk.stage("Run").locator(".dropped:visible"), "50 MB more arrived and are not shown")
    assert len(desk.log().inner_text()) <= 256 * 1024
    with desk.page.expect_download() as download:
        desk.button("Download 50 MB").click()
    download.value.save_as(tmp_path / "all")
    assert (tmp_path / "all").stat().st_size == 50 << 20
    desk.page.get_by_label("Standard input").fill("still here", timeout=5000)


HOSTILE = {
    "traces": "at " + "a/" * 190,
    "columns": "main.py:1:" * 39,
    "places": "File " * 70,
    "sequences": "\\x1b[" * 100,
    "blanks": " " * 399 + "x",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_lines_made_to_be_slow_to_read_are_read_at_once(desk: Desk, kind: str) -> None:
    desk.open(draft(f"import sys\nsys.stderr.write('{HOSTILE[kind]}\\n' * 2000)\nsys.exit(1)")).run()
    expect(desk.state()).to_have_text("Exit code 1")
    desk.page.get_by_label("Standard input").fill("still here", timeout=3000)


def test_a_megabyte_of_blanks_is_compared_at_once(desk: Desk) -> None:
    cases = [{"stdin": "", "expected": "x"}]
    desk.open(draft("print(' ' * 900_000 + 'x')", mode="tests", cases=cases)).run()
    desk.shows(desk.page.locator(".total"), "0 of 1 passed")
    desk.page.get_by_label("Input of case 1").fill("still here", timeout=3000)


def test_what_the_server_dropped_is_said(desk: Desk) -> None:
    desk.open(draft("while True: print('x' * 1000)", limits={**LIMITS, "output_bytes": 10_000})).run()
    desk.shows(desk.stage("Run").locator(".dropped:visible"), "dropped at the output limit")


def test_ten_thousands_of_colours_do_not_become_as_many_elements(desk: Desk) -> None:
    desk.open(draft("print(''.join(f'\\x1b[3{i % 8}mx' for i in range(30000)))")).run()
    assert desk.log().locator("span").count() == 10_000
    assert desk.log().inner_text().count("x") == 30_000

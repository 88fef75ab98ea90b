"""Programs, run from the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.desk import PATIENCE_MS, PUT, Desk, draft

pytestmark = pytest.mark.heavy
CORE = ["python", "c", "cpp", "java", "javascript", "typescript", "go", "rust", "bash"]
BROKEN = {
    "c": ("main.c", "int main(void) {\n    return x;\n}\n", "main.c:2:12", "undeclared"),
    "cpp": ("main.cpp", "int main() {\n    std::string s;\n}\n", "main.cpp:2:10", "string"),
    "rust": ("main.rs", "fn main() {\n    let a: i32 = true;\n}\n", "main.rs:2:18", "mismatched types"),
    "go": ("main.go", 'package main\n\nfunc main() {\n\tvar s int = "a"\n\t_ = s\n}\n', "main.go:4:14", "cannot use"),
    "java": ("Main.java", "class Main {\n    int a() { return b; }\n}\n", "Main.java:2:22", "cannot find symbol"),
    "typescript": ("main.ts", "const a = 1;\nconst b: string = a;\n", "main.ts:2:7", "TS2322"),
    "python": ("main.py", "def f():\n    return 1 / 0\n\nf()\n", "main.py:2", "ZeroDivisionError"),
}
OUTCOMES: dict[str, tuple[str, dict[str, float], str]] = {
    "exit": ("raise SystemExit(3)", {}, "Exit code 3"),
    "signal": ("import os; os.kill(os.getpid(), 11)", {}, "Killed by SIGSEGV (invalid memory access)"),
    "cpu": ("while True: pass", {"cpu_seconds": 0.2}, "Stopped at the CPU limit (0.2 s)"),
    "wall": ("import time; time.sleep(60)", {"wall_seconds": 0.3}, "Stopped at the time limit (0.3 s)"),
    "memory": ("x = bytearray(10**9)", {"memory_bytes": 32 << 20}, "Stopped at the memory limit (32 MB)"),
    "output": ("while True: print('x' * 1000)", {"output_bytes": 100_000}, "Stopped at the output limit"),
}
IN_TURN = PUT + "for number in (b'1', b'2'): put(1, b'out ' + number + b'\\n'); put(2, b'err ' + number + b'\\n')"
LIMITS = {"cpu_seconds": 10, "wall_seconds": 30, "memory_bytes": 256 << 20, "output_bytes": 1 << 20}


@pytest.mark.parametrize("language", CORE)
def test_a_languages_example_runs_on_what_was_typed(desk: Desk, language: str) -> None:
    desk.open()
    if language != "python":
        desk.page.locator(".picked").click()
        desk.page.keyboard.type(language)
        desk.page.keyboard.press("Enter")
        expect(desk.page.locator(".picked .name")).to_have_text(language)
    desk.page.get_by_label("Standard input").fill("Ada\n")
    desk.run()
    expect(desk.log()).to_have_text("Hello, Ada!\n")
    expect(desk.state()).to_have_text("Finished")
    expect(desk.stage("Run").locator(".facts")).to_have_text(re.compile(r"wall · .* CPU · .* peak"))


def test_a_language_is_found_by_alias_and_by_version(desk: Desk) -> None:
    desk.open()
    desk.page.locator(".picked").click()
    options = desk.page.get_by_role("option")
    desk.page.keyboard.type("g++")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("cpp")
    desk.page.keyboard.press("Control+A")
    desk.page.keyboard.type("python 3.")
    expect(options).to_contain_text("python")
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".picked")).to_be_focused()


def test_arguments_are_words_as_a_shell_has_them(desk: Desk) -> None:
    desk.open(draft("import sys; print(sys.argv[1:])"))
    desk.page.get_by_label("Arguments").fill("""one 'two words' "a \\"b\\"" c\\ d '' """)
    desk.run()
    expect(desk.log()).to_have_text("""['one', 'two words', 'a "b"', 'c d', '']\n""")


def test_output_is_seen_while_the_program_runs_until_it_is_stopped(desk: Desk) -> None:
    desk.open(draft("import os, sys\nprint('what next?', flush=True)\nos.read(os.pipe()[0], 1)"))
    desk.press_run()
    desk.shows(desk.log(), "what next?")
    expect(desk.state()).to_have_text("Running …")
    desk.button("Stop").click()
    desk.until_idle()
    expect(desk.state()).to_have_text("Stopped")
    expect(desk.status).to_have_text("Stopped")
    expect(desk.log()).to_have_text("what next?\n")


def test_stdout_and_stderr_are_told_apart_and_stand_in_the_order_in_which_they_came(desk: Desk) -> None:
    desk.open(draft(IN_TURN)).run()
    expect(desk.log()).to_have_text("out 1\nerr 1\nout 2\nerr 2\n", use_inner_text=True)
    expect(desk.log().locator(".stderr")).to_have_text(["err 1\n", "err 2\n"])
    streams = desk.log().locator(".stdout, .stderr")
    colours = streams.evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
    assert colours[:2] == colours[2:]
    assert colours[0] != colours[1]


def test_one_stream_is_shown_alone_to_whoever_wants_that(desk: Desk) -> None:
    desk.open(draft(IN_TURN)).run()
    desk.only("stdout")
    expect(desk.log()).to_have_text("out 1\nout 2\n", use_inner_text=True)
    desk.only("stderr")
    expect(desk.log()).to_have_text("err 1\nerr 2\n", use_inner_text=True)
    assert desk.violations() == []
    desk.run()
    expect(desk.log()).to_have_text("out 1\nerr 1\nout 2\nerr 2\n", use_inner_text=True)


def test_a_program_that_uses_one_stream_offers_no_choice(desk: Desk) -> None:
    desk.open(draft("print('out')")).run()
    expect(desk.log()).to_have_text("out\n")
    expect(desk.page.get_by_role("group", name="Streams of Run")).to_be_hidden()


@pytest.mark.parametrize("language", BROKEN)
def test_a_compilers_message_marks_its_line_and_leads_there(desk: Desk, language: str) -> None:
    name, source, place, words = BROKEN[language]
    desk.open(draft(source, language, name)).run()
    message = desk.page.locator(".problems button").first
    desk.shows(message, words)
    expect(message.locator(".place")).to_have_text(place)
    line = int(place.split(":")[1])
    mark = desk.page.locator(".cm-gutter-lint .cm-gutterElement", has=desk.page.locator(".cm-lint-marker-error"))
    expect(mark).to_have_count(1)
    number = desk.page.locator(".cm-lineNumbers .cm-gutterElement", has_text=re.compile(f"^{line}$"))
    assert mark.bounding_box()["y"] == number.bounding_box()["y"]  # type: ignore[index]  # both are visible
    message.click()
    expect(desk.code).to_be_focused()
    desk.shows(desk.page.locator(".cm-line.cm-activeLine"), source.splitlines()[line - 1].strip())


def test_a_program_that_does_not_compile_does_not_run(desk: Desk) -> None:
    desk.open(draft("int main( {", "c", "main.c")).run()
    expect(desk.state("Compile")).to_have_text("Does not compile (exit code 1)")
    expect(desk.stage("Run")).to_be_hidden()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_how_a_program_ended_is_said_in_words(desk: Desk, outcome: str) -> None:
    source, limits, words = OUTCOMES[outcome]
    desk.open(draft(source, limits=LIMITS | limits)).run()
    desk.shows(desk.state(), words)
    desk.shows(desk.status, words)


def test_limits_are_kept_within_the_servers(desk: Desk) -> None:
    desk.open()
    desk.page.locator(".limits summary").click()
    desk.page.get_by_label("CPU, s").fill("9999")
    desk.page.get_by_label("CPU, s").press("Tab")
    expect(desk.page.get_by_label("CPU, s")).to_have_value("300")
    desk.page.get_by_label("Memory, MB").fill("512")
    desk.page.get_by_label("Memory, MB").press("Tab")
    desk.shows(desk.page.locator(".limits summary"), "300 s CPU, 30 s in all, 512 MB")


def test_a_second_file_lies_beside_the_program(desk: Desk) -> None:
    desk.open(draft('#include <stdio.h>\n#include "answer.h"\nint main(void) { printf("%d", ANSWER); }', "c", "main.c"))
    desk.button("Add a file").click()
    desk.page.get_by_label("Name", exact=True).fill("../answer.h")
    desk.button("OK").click()
    desk.shows(desk.page.locator("dialog .wrong"), "without")
    desk.page.get_by_label("Name", exact=True).fill("answer.h")
    desk.button("OK").click()
    expect(desk.page.get_by_role("tab", name="answer.h")).to_have_attribute("aria-selected", "true")
    desk.code.click()
    desk.page.keyboard.type("#define ANSWER 42\n")
    desk.run()
    expect(desk.log()).to_have_text("42")


def test_the_editor_indents_and_the_keyboard_alone_is_enough(desk: Desk) -> None:
    desk.open(draft(""))
    desk.code.focus()
    desk.page.keyboard.type("for i in range(2):\nprint(i)")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.log()).to_have_text("0\n1\n", timeout=PATIENCE_MS)
    for _ in range(2):  # the first one may close what the editor offers to complete
        desk.page.keyboard.press("Escape")
    expect(desk.page.locator("button.run")).to_be_focused()
    desk.page.keyboard.press("Shift+Tab")
    expect(desk.page.locator(".picked")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.type("bash")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.log()).to_have_text("Hello, world!\n", timeout=PATIENCE_MS)


def test_a_running_program_is_stopped_from_the_keyboard(desk: Desk) -> None:
    desk.open(draft("while True: pass"))
    desk.code.focus()
    desk.page.keyboard.press("Control+Enter")
    expect(desk.state()).to_have_text("Running …", timeout=PATIENCE_MS)
    desk.page.keyboard.press("Control+Shift+Enter")
    desk.until_idle()
    expect(desk.state()).to_have_text("Stopped")

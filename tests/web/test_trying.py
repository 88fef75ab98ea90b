"""Test mode and the judge."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Serving
from tests.web.desk import Desk, draft

pytestmark = pytest.mark.heavy
DOUBLE = "n = int(input())\nprint(2 * n if n != 3 else 7)"
CASES = [{"stdin": "1", "expected": "2\n"}, {"stdin": "3", "expected": "6"}, {"stdin": "x", "expected": ""}]
RIGHT = """
    for index, one in enumerate(numbers):
        for other in numbers[index + 1 :]:
            if abs(one - other) < threshold:
                return True
    return False
"""


def test_cases_are_judged_one_by_one_with_what_differs(desk: Desk) -> None:
    desk.open(draft(DOUBLE, mode="tests", cases=CASES)).run()
    verdicts = desk.page.locator(".cases .verdict")
    desk.shows(verdicts.nth(0), "Passed.")
    desk.shows(verdicts.nth(1), "Failed.")
    desk.shows(verdicts.nth(2), "Failed. Exit code 1.")
    expect(desk.page.locator(".total")).to_have_text("1 of 3 passed")
    case = desk.page.locator(".cases li").nth(1)
    expect(case.locator(".line.missing")).to_contain_text("missing: 6")
    expect(case.locator(".line.extra")).to_contain_text("unexpected: 7")
    desk.shows(desk.page.locator(".cases li").nth(2), "ValueError")


def test_cases_are_added_written_and_removed(desk: Desk) -> None:
    desk.open(draft("print(input()[::-1])", mode="tests", cases=[{"stdin": "", "expected": ""}]))
    desk.button("Add a case").click()
    expect(desk.page.get_by_label("Input of case 2")).to_be_focused()
    desk.page.keyboard.type("abc")
    desk.page.get_by_label("Expected output of case 2").fill("cba")
    desk.button("Remove case 1").click()
    desk.run()
    expect(desk.page.locator(".total")).to_have_text("1 of 1 passed")


def test_cases_of_a_program_that_does_not_compile_say_so(desk: Desk) -> None:
    desk.open(draft("int main( {", "c", "main.c", mode="tests", cases=CASES)).run()
    expect(desk.page.locator(".total")).to_have_text("Does not compile")
    expect(desk.page.locator(".test-panel .problems button").first).to_be_visible()


def test_a_problem_is_judged_by_the_real_grader(desk: Desk) -> None:
    desk.open(draft("# mine"))
    desk.page.get_by_role("tab", name="HumanEval").click()
    desk.shows(desk.code, "has_close_elements")
    desk.code.click()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.insert_text("    return True\n")
    desk.run()
    desk.shows(desk.page.locator(".judgement"), "Wrong")
    desk.button("Start over").click()
    desk.code.click()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.insert_text(RIGHT)
    desk.run()
    desk.shows(desk.page.locator(".judgement"), "Passed")
    desk.shows(desk.status, "Passed")
    desk.page.get_by_role("tab", name="Run").click()
    desk.shows(desk.code, "# mine")


def test_another_problem_brings_its_own_text_and_keeps_what_was_written(desk: Desk) -> None:
    desk.open(draft("", mode="judge", problem="HumanEval/2", answers={"HumanEval/2": "# my answer"}))
    desk.shows(desk.code, "# my answer")
    desk.page.get_by_label("Problem").select_option("HumanEval/4")
    desk.shows(desk.code, "mean_absolute_deviation")
    desk.page.get_by_label("Problem").select_option("HumanEval/2")
    desk.shows(desk.code, "# my answer")


def test_a_server_without_a_grader_offers_none(desk_at: Callable[..., Desk], serving: Serving) -> None:
    with serving("--tier", "python", "--slots", 1, module="sandbox") as site:
        desk = desk_at(site.url).open(draft("print(1)", mode="judge"))
        expect(desk.page.get_by_role("tab", name="HumanEval")).to_be_hidden()
        desk.run()
        expect(desk.log()).to_have_text("1\n")


def test_another_language_leaves_the_problems(desk: Desk) -> None:
    desk.open(draft("# mine", mode="judge"))
    desk.shows(desk.code, "has_close_elements")
    desk.page.locator(".picked").click()
    desk.page.keyboard.type("bash")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("tab", name="Run")).to_have_attribute("aria-selected", "true")
    desk.shows(desk.code, "read -r name")

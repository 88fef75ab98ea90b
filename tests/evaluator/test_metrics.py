"""Measures of programs: what counts for something, what for nothing, and what is not measured at all."""

import pytest

from evaluator.errors import UnknownLanguage
from evaluator.extraction.apart import reader
from evaluator.metrics import Unmeasurable, measure

PLAIN = """\
def total(numbers, least):
    found = 0
    for number in numbers:
        if number > least and number != 7:
            found += number
        elif number < 0:
            found -= 1
        else:
            found += 2
    return found
"""
SAME = {
    "other names": PLAIN.replace("numbers", "a").replace("number", "b").replace("found", "c"),
    "less room": PLAIN.replace("    ", " "),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "fewer lines": PLAIN.replace("found = 0\n    for", "found = 0;\n    for").replace(
        "2\n    return", "2;\n    return"
    ),
    "comments": PLAIN.replace("found = 0", "found = 0  # of those that are above"),
    "a docstring": PLAIN.replace("    found = 0", '    """The sum of those."""\n    found = 0'),
    "parentheses": PLAIN.replace("number > least and number != 7", "((number > least) and (number != 7))"),
    "line ends of another system": PLAIN.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("code", SAME.values(), ids=SAME.keys())
def test_what_changes_nothing_for_the_reader_changes_no_measure(code: str) -> None:
    assert measure("python", code) == measure("python", PLAIN)


def test_decisions_count_once_and_once_more_for_each_level() -> None:
    assert measure("python", "x = 1\n").complexity == 0
    assert measure("python", "if a:\n    x = 1\n").complexity == 1
    assert measure("python", "if a and b:\n    x = 1\nelif c:\n    x = 2\nelse:\n    x = 3\n").complexity == 4
    assert measure("python", "for a in b:\n    if a:\n        while a:\n            a = f(a)\n").complexity == 1 + 2 + 3
    # for 1, if 2, and 1, elif 1, else 1
    found = measure("python", PLAIN)
    assert (found.complexity, found.depth, found.repeated) == (6, 2, 0)


def test_tokens_are_words_and_operators_without_punctuation() -> None:
    assert measure("python", "x = f(a, b)[0]\n").tokens == len(["x", "=", "f", "a", "b", "[", "0"])


ONE_AS_ANOTHER = {
    "a conditional expression": ("if a:\n    x = 1\nelse:\n    x = 2\n", "x = 1 if a else 2\n"),
    "conditional expressions in each other": (
        "if a:\n    if b:\n        x = 1\n    else:\n        x = 2\nelse:\n    x = 3\n",
        "x = (1 if b else 2) if a else 3\n",
    ),
    "a comprehension": ("x = []\nfor a in b:\n    x.append(a)\n", "x = [a for a in b]\n"),
    "a function in an expression": ("if a:\n    x = f(a)\n", "g = lambda a: f(a)\n"),
}


@pytest.mark.parametrize(("code", "dense"), ONE_AS_ANOTHER.values(), ids=ONE_AS_ANOTHER.keys())
def test_what_moves_into_an_expression_still_nests(code: str, dense: str) -> None:
    assert measure("python", dense).depth >= measure("python", code).depth
    assert measure("python", dense).complexity > 0


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "let f = 1; for (const b of a) { if (b) { f = 1 } else if (a) { f = 2 } }"),
        ("java", "class S { int f(int[] a) { for (int b : a) { if (b > 1) { return 1; } else if (b > 2) { return 2; } }"
                 " return 3; } }"),
        ("go", "package main\nfunc f(a []int) int { for _, b := range a { if b > 1 { return 1 } else if b > 2 {}; }\n"
               "return 3 }"),
        ("c", "int f(int *a) { for (;;) { if (a) { return 1; } else if (*a) { return 2; } } return 3; }"),
        ("cpp", "int f(int *a) { for (;;) { if (a) { return 1; } else if (*a) { return 2; } } return 3; }"),
        ("rust", "fn f(a: Vec<i64>) -> i64 { for b in a { if b > 1 { return 1; } else if b > 2 { return 2; } } 3 }"),
    ],
)  # fmt: skip
def test_languages_agree_on_what_a_decision_is(language: str, code: str) -> None:
    found = measure(language, code)
    assert (found.complexity, found.depth) == (1 + 2 + 1, 2)


def test_what_is_said_twice_is_found_whatever_its_names() -> None:
    first = "for a in b:\n    c = c * 31 + a * a - d[a]\n    e.append(c)\n"
    again = "for k in l:\n    m = m * 31 + k * k - n[k]\n    o.append(m)\n"
    other = "for k in l:\n    m = m * 31 + k - n[k]\n    o.append(m)\n"
    assert measure("python", first).repeated == 0
    assert measure("python", first + again).repeated == measure("python", again).tokens
    assert measure("python", first + other).repeated < measure("python", first + again).repeated


def test_texts_and_numbers_count_by_their_length() -> None:
    assert measure("python", "x = 'abc'").tokens < measure("python", "x = 'abcdefghijklmnop'").tokens - 10
    assert measure("python", "x = 7").tokens < measure("python", "x = 77777777777777777777").tokens - 10
    assert measure("python", "f'{a + b + c + d}'\n").tokens == 7
    assert measure("javascript", "const a = /abcdefghijklmnop/.source").tokens > 18
    assert measure("python", "x = [[[[[[]]]]]]").tokens > 6


REFUSED = {
    "text as code": ("python", "exec('x = 1')"),
    "a name spelt otherwise": ("python", "\uff45xec('x = 1')"),
    "builtins by their dunder": ("python", "__builtins__['exec']('x = 1')"),
    "a comment that is none for Python": ("python", "# a comment\rx = 1\n"),
    "a library": ("python", "import zlib\n"),
    "a library behind another": ("python", "import math as m, os\n"),
    "everything of a library": ("python", "from collections import *\n"),
    "an attribute by a text": ("python", "from operator import attrgetter\n"),
    "a generator's frame": ("python", "(a for a in b).gi_frame.f_builtins['exec']('1')"),
    "documentation as data": ("python", "def f():\n    'x = 1'\ng(f.__doc__)\n"),
    "what does not parse": ("python", "x = = 1"),
    "a comment that is none for Java": ("java", "class S { // \\u000a int x = 1;\n }"),
    "classes by their names": ("java", 'class S { Object x = Class.forName("a"); }'),
    "a class literal": ("java", "class S { Object x = S.class.getMethods(); }"),
    "a macro": ("c", "#define F(x) if (x) g()\nint f() { F(1); }"),
    "a comment that goes on": ("c", "// a \\\nint f() { return 1; }\n"),
    "a macro of Rust's": ("rust", "macro_rules! f { () => { 1 } }"),
    "code in a comment of Go's": ("go", 'package main\n// int f() {}\nimport "C"\n'),
    "an object that holds everything": ("javascript", "this['ev' + 'al']('1')"),
    "a comment that is none for JavaScript": ("javascript", "// a\u2028f()\n"),
    "a name with an escape": ("javascript", "\\u0065val('1')"),
}


@pytest.mark.parametrize(("language", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_could_hide_code_is_not_measured(language: str, code: str) -> None:
    with pytest.raises(Unmeasurable):
        measure(language, code)


def test_a_language_without_a_table_is_unknown() -> None:
    with pytest.raises(UnknownLanguage, match="no program can be measured in 'cobol'"):
        measure("cobol", "")


def test_readers_measure_as_we_do() -> None:
    assert reader.measure("python", PLAIN) == measure("python", PLAIN)
    with pytest.raises(Unmeasurable, match="'eval' is no part of a tidy function"):
        reader.measure("python", "eval('1')")
    with pytest.raises(UnknownLanguage):
        reader.measure("cobol", "")


BOMBS = [
    "(" * 50_000,
    "x = " + "-" * 60_000 + "1",
    "f(" * 3_000 + ")" * 3_000,
    "x=>" * 30_000,
    "a=" * 40_000,
    "[" * 90_000,
]


@pytest.mark.parametrize("language", ["python", "javascript", "c"])
def test_no_text_takes_the_readers_down(language: str) -> None:
    for bomb in BOMBS:
        try:
            reader.measure(language, bomb)
        except Unmeasurable:
            continue
    assert reader.measure("python", PLAIN) is not None


def test_a_program_too_long_is_not_sent_to_be_read() -> None:
    with pytest.raises(Unmeasurable, match="at most 100000 are measured"):
        reader.measure("python", "x = 1\n" * 20_000)

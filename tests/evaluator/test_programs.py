"""The split form: what each of the two processes is given."""

import ast

from evaluator.programs import assemble
from evaluator.protocol import Problem


def test_the_completions_process_is_given_no_test_and_the_tests_no_completion(addition: Problem) -> None:
    program = assemble(addition, "def add(a, b): return 'the answer'")
    (run,) = program.runs
    assert run.companion is not None
    assert b"check(candidate)" not in program.source
    assert b"candidate(1, 2)" not in program.source
    assert b"the answer" not in run.companion.source
    assert b"double" in run.companion.source


def test_a_completion_is_data_in_its_driver(addition: Problem) -> None:
    code = "'''\"\"\"\\\n\0\ud800 {} %s\r\n"
    tree = ast.parse(assemble(addition, code).source)
    call = tree.body[-1]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert [ast.literal_eval(argument) for argument in call.value.args] == [code, "add"]


def test_drivers_need_nothing_but_the_standard_library(addition: Problem) -> None:
    program = assemble(addition, "")
    companion = program.runs[0].companion
    assert companion is not None
    for source in (program.source, companion.source):
        assert b"from evaluator" not in source
        compile(source, "driver.py", "exec")

"""The split form: what each of the two processes is given."""

import ast
import importlib.util

from evaluator import assertions
from evaluator.bundle import CODE
from evaluator.bytecode import SHARED
from evaluator.graders import grade
from evaluator.programs import assemble, prepare
from evaluator.protocol import Executor, Problem


def everything(files: dict[str, bytes], source: bytes, question: bytes = b"") -> bytes:
    return b"".join([source, question, *files.values()])


def loud(problem: Problem) -> Problem:
    """The same problem, with tests that need a process of their own."""
    tests = problem.tests
    assert isinstance(tests, str)
    return problem.model_copy(update={"tests": f"import sys\n{tests}"})


def test_the_completions_process_is_given_no_test_and_the_tests_no_completion(addition: Problem) -> None:
    program = assemble(addition, "def add(a, b): return 'the answer'")
    (run,) = program.runs
    assert run.companion is not None
    completions = everything(program.files, program.source)
    tests = everything(run.companion.files, run.companion.source, run.companion.question or b"")
    assert b"candidate(" not in completions
    assert b"double" not in completions
    assert b"the answer" not in tests
    assert b"double" in tests


def test_a_completion_is_data_in_its_driver(addition: Problem) -> None:
    code = "'''\"\"\"\\\n\0\ud800 {} %s\r\n"
    tree = ast.parse(assemble(addition, code).source)
    call = tree.body[-1]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert [ast.literal_eval(argument) for argument in call.value.args] == [code, "add"]


def test_tests_that_may_leave_something_behind_have_a_process_of_their_own(addition: Problem) -> None:
    quiet, other = (assemble(problem, "x").runs[0].companion for problem in (addition, loud(addition)))
    assert quiet is not None
    assert other is not None
    assert quiet.question is not None
    assert other.question is None
    assert b"double" in everything(other.files, other.source)


def test_one_process_is_asked_about_every_problem_whose_tests_are_quiet(addition: Problem) -> None:
    another = addition.model_copy(update={"task_id": "Test/1", "prompt": "def add(a, b):\n"})
    here, there = (assemble(problem, "x").runs[0].companion for problem in (addition, another))
    assert here is not None
    assert there is not None
    assert (here.source, here.files) == (there.source, there.files)
    assert here.question != there.question


async def test_what_is_compiled_once_is_sent_compiled(addition: Problem, executor: Executor) -> None:
    addition = loud(addition)
    await prepare([addition], executor)
    program = assemble(addition, "def add(a, b): return a + b")
    suite = assertions.read(addition)
    companion = program.runs[0].companion
    assert companion is not None
    assert SHARED.magic == importlib.util.MAGIC_NUMBER
    for source in (suite.prompt, suite.tests):
        assert SHARED.of(source) in companion.files[CODE]
    assert grade(addition, await executor.execute(program)).passed


async def test_a_question_is_sent_compiled_and_another_version_of_python_reads_its_source(
    addition: Problem, executor: Executor
) -> None:
    await prepare([addition], executor)
    program = assemble(addition, "def add(a, b): return a + b")
    suite, run = assertions.read(addition), program.runs[0]
    assert run.companion is not None
    assert run.companion.question is not None
    for source in (suite.prompt, suite.tests):
        assert SHARED.of(source) in run.companion.question
    other = run.companion.question.replace(SHARED.magic, b"1234")
    assert other != run.companion.question
    asked = run.model_copy(update={"companion": run.companion.model_copy(update={"question": other})})
    assert grade(addition, await executor.execute(program.model_copy(update={"runs": (asked,)}))).passed


async def test_another_version_of_python_reads_the_source(addition: Problem, executor: Executor) -> None:
    addition = loud(addition)
    await prepare([addition], executor)
    program = assemble(addition, "def add(a, b): return a + b")
    companion = program.runs[0].companion
    assert companion is not None
    magic, other = repr(SHARED.magic).encode(), b"b'other'"
    old = companion.model_copy(update={"source": companion.source.replace(magic, other)})
    run = program.runs[0].model_copy(update={"companion": old})
    assert old.source != companion.source
    assert grade(addition, await executor.execute(program.model_copy(update={"runs": (run,)}))).passed

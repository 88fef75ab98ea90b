"""The split form: what each of the two processes is given."""

import ast
import importlib.util

from evaluator import assertions
from evaluator.bundle import CODE
from evaluator.bytecode import SHARED
from evaluator.graders import grade
from evaluator.programs import assemble, prepare
from evaluator.protocol import Executor, Problem


def everything(files: dict[str, bytes], source: bytes) -> bytes:
    return b"".join([source, *files.values()])


def test_the_completions_process_is_given_no_test_and_the_tests_no_completion(addition: Problem) -> None:
    program = assemble(addition, "def add(a, b): return 'the answer'")
    (run,) = program.runs
    assert run.companion is not None
    completions = everything(program.files, program.source)
    tests = everything(run.companion.files, run.companion.source)
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


async def test_what_is_compiled_once_is_sent_compiled(addition: Problem, executor: Executor) -> None:
    await prepare([addition], executor)
    program = assemble(addition, "def add(a, b): return a + b")
    suite = assertions.read(addition)
    companion = program.runs[0].companion
    assert companion is not None
    assert SHARED.magic == importlib.util.MAGIC_NUMBER
    for source in (suite.prompt, suite.tests):
        assert SHARED.of(source) in companion.files[CODE]
    assert grade(addition, await executor.execute(program)).passed


async def test_another_version_of_python_reads_the_source(addition: Problem, executor: Executor) -> None:
    await prepare([addition], executor)
    program = assemble(addition, "def add(a, b): return a + b")
    companion = program.runs[0].companion
    assert companion is not None
    magic, other = repr(SHARED.magic).encode(), b"b'other'"
    old = companion.model_copy(update={"source": companion.source.replace(magic, other)})
    run = program.runs[0].model_copy(update={"companion": old})
    changed = program.model_copy(update={"source": program.source.replace(magic, other), "runs": (run,)})
    assert changed.source != program.source
    assert grade(addition, await executor.execute(changed)).passed

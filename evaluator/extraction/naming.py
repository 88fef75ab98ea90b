"""The entry point under another name."""

import re

from evaluator.extraction.joining import renamed
from evaluator.extraction.preamble import closed
from evaluator.extraction.source import Definition, Source
from evaluator.extraction.syntax import Syntax


def under_its_name(syntax: Syntax, prompt: str, text: str) -> str | None:
    """Return ``text`` with the function that is meant as the entry point called so; None where none is.

    Meant is the one whose name differs in case and underscores only, or else the only one that has the parameters of
    the prompt's, by name, and that nothing else in the text calls.
    """
    begins = re.search(syntax.grammar.begins, text, re.MULTILINE)
    if not text.strip() or begins is None or syntax.pattern.search(text):
        return None
    source = syntax.read(text)
    if source is None or not source.well_formed:
        return None
    functions = [d for d in source.definitions if not (d.is_class or d.is_stub or d.is_broken)]
    meant = [d for d in functions if _plain(d.name) == _plain(syntax.entry_point)]
    if not meant:
        wanted = _parameters(syntax, prompt)
        meant = [d for d in functions if wanted and d.parameter_names == wanted and not _is_called(source, d)]
        meant = meant if len(meant) == 1 else []
    return renamed(source, meant[-1].name, syntax.entry_point) if meant else None


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _parameters(syntax: Syntax, prompt: str) -> tuple[str, ...]:
    shown = syntax.read(closed(prompt) if prompt.count("{") > prompt.count("}") else prompt + "\n    pass\n")
    definitions = shown.definitions if shown is not None else ()
    return next((d.parameter_names for d in reversed(definitions) if d.name == syntax.entry_point), ())


def _is_called(source: Source, definition: Definition) -> bool:
    """Whether another function of the text calls it."""
    call = re.compile(rf"\b{re.escape(definition.name)}\s*\(")
    return any(
        call.search(source.text(other.start, other.end))
        for other in source.definitions
        if not (other.start <= definition.start and definition.end <= other.end) and other.name != "main"
    )

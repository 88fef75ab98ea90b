"""What an answer takes for granted: the prompt's imports, class and helpers, and helpers shown in an earlier fence."""

import re

from evaluator.extraction.grammar import Grammar, Layout
from evaluator.extraction.joining import changed, join, renamed, shadowable
from evaluator.extraction.markdown import Block
from evaluator.extraction.source import Definition, Source
from evaluator.extraction.syntax import Syntax

WORD = re.compile(r"\w+")
IMPORTED = re.compile(r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?(?:import|use|#[ \t]*include)[ \t]+\(?(.+)$", re.MULTILINE)
CONSTANT = re.compile(r"^(?:(?:const|let|var)[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)


def with_preamble(grammar: Grammar, prompt: str, entry_point: str, code: str) -> str:
    """Put what the prompt has before its entry point in front of ``code``, and around it the prompt's class."""
    if grammar.layout is Layout.INDENTED:
        mention = grammar.mentions(entry_point).search(prompt)
        return _behind(grammar, prompt[: mention.start()] if mention else "", code)
    shown = Source(grammar, closed(prompt))
    entry = next((d for d in reversed(shown.definitions) if d.name == entry_point and not d.is_class), None)
    if entry is None:
        return join(grammar, [code])
    if entry.container:
        return _in_class(shown, entry, code)
    return _behind(grammar, shown.text(0, entry.start), code)


def closed(prompt: str) -> str:
    """The prompt with the braces closed that it leaves open."""
    return prompt + "\n" + "}\n" * max(0, prompt.count("{") - prompt.count("}"))


def earlier_blocks(blocks: list[Block], chosen: str, syntax: Syntax) -> str:
    """The blocks before ``chosen`` that define what it uses and does not define itself."""
    sources = [block.code for block in blocks]
    if chosen not in sources:
        return ""
    needed: list[str] = []
    used, defined = set(WORD.findall(chosen)), _defined(syntax, chosen)
    for source in reversed(sources[: sources.index(chosen)]):
        names = _defined(syntax, source)
        if (names - defined) & used and syntax.is_well_formed(source):
            needed.append(f"{source.rstrip()}\n\n\n")
            used.update(WORD.findall(source))
            defined |= names
    return "".join(reversed(needed))


def _behind(grammar: Grammar, preamble: str, code: str) -> str:
    if not preamble.strip() or code.startswith(preamble):
        return join(grammar, [code])
    return join(grammar, [shadowable(grammar, preamble), code])


def _in_class(shown: Source, entry: Definition, code: str) -> str:
    """A method gets the prompt's class around it; a class gets its name, and its members that the answer left out."""
    grammar = shown.grammar
    source = Source(grammar, code)
    found = source.last(entry.name)
    around = next(d for d in shown.definitions if d.is_class and d.name == entry.container)
    if found is None or not found.container:
        headers = grammar.captured(grammar.headers, source.root) if grammar.headers else []
        imports = "\n".join(source.text(node.start_byte, node.end_byte) for node in headers)
        methods = changed(source, [(node.start_byte, node.end_byte, b"") for node in headers])
        whole = f"{shown.text(around.start, entry.start)}{methods}\n}}\n"
        return join(grammar, [shown.text(0, around.start), imports, whole])
    if found.container != entry.container:
        source = Source(grammar, renamed(source, found.container, entry.container))
    own = {d.name for d in source.definitions}
    missing = [d for d in shown.definitions if d.container == entry.container and d.name not in own]
    place = next((d.body for d in source.definitions if d.is_class and d.name == entry.container), None)
    if place is not None and missing:
        members = "\n".join(shown.text(d.start, d.end) for d in missing)
        source = Source(grammar, changed(source, [(place + 1, place + 1, f"\n{members}\n".encode())]))
    return _with_headers_of(shown, around, source.text())


def _with_headers_of(shown: Source, around: Definition, code: str) -> str:
    return join(shown.grammar, [shown.text(0, around.start), code])


def _defined(syntax: Syntax, text: str) -> set[str]:
    """Names of functions, classes, constants and imports."""
    source = syntax.read(text)
    names = {definition.name for definition in source.definitions} if source is not None else set()
    imported = {name for match in IMPORTED.finditer(text) for name in WORD.findall(match.group(1))}
    return (names | imported | set(CONSTANT.findall(text))) - {"as", ""}

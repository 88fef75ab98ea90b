"""Each way to make a program of an answer, the most convincing first."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evaluator.extraction import Asked
from evaluator.extraction.cleaning import straightened
from evaluator.extraction.grammar import Grammar, Layout, grammar_of
from evaluator.extraction.markdown import Block, fenced_blocks
from evaluator.extraction.naming import under_its_name
from evaluator.extraction.patches import bare_diff, is_diff, patched
from evaluator.extraction.preamble import earlier_blocks, with_preamble
from evaluator.extraction.syntax import Syntax

MODULE_LINE = re.compile(r"\s*(?:(?:async|def|class)\b|@)")
BODY_LINE = re.compile(r"\n(?!(?:async|def|class|import|from)\b|@|#|if __name__)\S")
"""A later line at the margin that a module would not have there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer taken apart: its fences, the text before them, and which of its texts may be what."""

    blocks: list[Block]
    lead: str
    files: list[str]
    """Texts that seem to define the entry point, the likeliest first."""
    bodies: list[str]
    """Texts that may go on where the prompt stops."""
    texts: list[str]


def best(problem: Asked, text: str) -> str | None:
    """Return the most convincing program in ``text``, or None."""
    reader = _Reader(problem)
    answer = reader.taken_apart(text)
    straight = straightened(text)
    plainer = reader.taken_apart(straight) if straight != text else None
    for readings in (reader.convincing, reader.broken):
        for one in filter(None, (answer, plainer)):
            if found := next(readings(one), None):
                return found
    return None


class _Reader:
    """Reads one answer."""

    def __init__(self, problem: Asked) -> None:
        self.grammar = grammar_of(problem.language)
        self.prompt, self.entry_point = problem.prompt, problem.entry_point
        self.syntax = Syntax(self.grammar, problem.entry_point)

    def taken_apart(self, text: str) -> Answer:
        blocks = [self._applied(block) for block in fenced_blocks(text)]
        if not blocks and (diff := bare_diff(text)):
            blocks = [Block(self.grammar.labels[0], patched(self.prompt, diff), 0)]
        lead = text[: blocks[0].start] if blocks else text
        fenced = [block.code for block in _preferred(blocks, self.grammar)]
        texts = list(dict.fromkeys(map(_at_margin, [*fenced, lead, text])))
        files = [source for source in texts if self.syntax.pattern.search(source)]
        return Answer(blocks, lead, files, [lead, *fenced], texts)

    def convincing(self, answer: Answer) -> Iterator[str]:
        """Programs that are whole."""
        syntax = self.syntax
        for source in answer.files:
            if code := syntax.complete(source):
                yield self._file(earlier_blocks(answer.blocks, source, syntax) + code)
        for body in answer.bodies:
            whole = self._continued(body)
            if whole and (code := syntax.complete(whole, beyond=len(self.prompt.rstrip()))):
                yield code
        for source in answer.files:
            for start in self._starts(source):
                if part := syntax.mended(source[start:]):
                    yield self._file(part)
        for body in answer.bodies:
            if _margin(body) or self.grammar.layout is Layout.BRACED:
                whole = self._continued(body)
                if whole and (part := syntax.mended(whole, beyond=len(self.prompt.rstrip()))):
                    yield part
        for source in answer.texts:
            if found := under_its_name(syntax, self.prompt, source):
                yield self._file(found)

    def broken(self, answer: Answer) -> Iterator[str]:
        """Texts that are meant as programs."""
        for source in answer.files:
            if self._is_meant(source):
                yield self._file(source)
        if _margin(answer.lead) and self.grammar.layout is Layout.INDENTED:
            yield self.prompt + answer.lead
        if self.grammar.layout is Layout.BRACED and not answer.blocks and self._closes(answer.lead):
            yield f"{self.prompt.rstrip()}\n{answer.lead}"

    def _file(self, code: str) -> str:
        return with_preamble(self.grammar, self.prompt, self.entry_point, code)

    def _continued(self, body: str) -> str:
        if self.grammar.layout is Layout.INDENTED:
            return _continued(self.prompt, body, self.grammar.returns)
        return f"{self.prompt.rstrip()}\n{body}" if self.syntax.is_body(body) else ""

    def _is_meant(self, text: str) -> bool:
        """Whether malformed text is a try at the function: well formed, it would have been seen to define it."""
        mention = self.syntax.pattern.search(text)
        if self.grammar.layout is Layout.BRACED and mention and "{" not in text[mention.end() :]:
            return False
        source = self.syntax.read(text)
        names = {d.name for d in source.definitions} if source is not None else set()
        return source is None or not source.well_formed or self.entry_point in names

    def _closes(self, body: str) -> bool:
        """Whether ``body`` closes the braces that the prompt opens, whatever a grammar thinks of what is between."""
        opened = self.prompt.count("{") - self.prompt.count("}")
        return opened > 0 and body.count("}") - body.count("{") == opened

    def _applied(self, block: Block) -> Block:
        if not is_diff(block.label, block.code):
            return block
        return replace(block, label=self.grammar.labels[0], code=patched(self.prompt, block.code))

    def _starts(self, source: str) -> list[int]:
        """Where code may begin in a text that starts as prose: at its first line that looks so, or at the function."""
        begins = re.compile(self.grammar.begins, re.MULTILINE).search(source)
        mention = self.syntax.pattern.search(source)
        starts = {begins.start()} if begins else set()
        return sorted(starts | {source.rfind("\n", 0, mention.start()) + 1} if mention else starts)


def _preferred(blocks: list[Block], grammar: Grammar) -> list[Block]:
    """The language's own before unlabelled ones before others, and of each kind the last first."""
    return sorted(
        blocks, key=lambda block: (0 if block.label in grammar.labels else 2 if block.label else 1, -block.start)
    )


def _continued(prompt: str, body: str, returns: str) -> str:
    """The prompt going on in ``body``, for those too who dedent it or strip its first line; "" if it is no body."""
    margin = _margin(prompt.rstrip().rpartition("\n")[2]) or "    "
    if _margin(body) == margin:
        return prompt + body
    if not _margin(body):
        if re.search(returns, body) is None or (MODULE_LINE.match(body) and not BODY_LINE.search(body)):
            return ""
        if BODY_LINE.search(body.strip()) is None:
            return prompt + margin + body.lstrip()
    return prompt + textwrap.indent(textwrap.dedent(body), margin)


def _at_margin(source: str) -> str:
    """Without the margin that all lines share: it belongs to the page, not to the code."""
    return textwrap.dedent(source) if _margin(source) else source


def _margin(source: str) -> str:
    """What stands before the first word."""
    match = re.match(r"(?:[ \t]*\n)*([ \t]*)", source)
    return match.group(1) if match else ""

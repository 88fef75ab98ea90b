"""What surrounds an answer on its way here, taken off: reasoning, chat markup, escapes, marks of another editor."""

import html
import re

REASONING = r"(?:think|thinking|thought|reasoning|reflection|scratchpad)"
OPENED = re.compile(rf"\s*<{REASONING}>")
CLOSED = re.compile(rf"</{REASONING}>(?=\s|```|\Z)|^</{REASONING}>", re.MULTILINE)
MARKUP = re.compile(
    r"^[ \t]*</?(?:answer|code|solution|response|output|result|final_answer)>[ \t]*$"
    r"|^[ \t]*\[/?(?:ANSWER|CODE|PYTHON|JAVA|CPP|GO|RUST|C|JAVASCRIPT|TYPESCRIPT|INST)\][ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
ROLE = re.compile(
    r"\s*(?:<\|[\w.-]{1,40}\|>\s*)*"
    r"(?:assistant\s*(?:<\|[\w.-]{1,40}\|>|:|\n)|(?:ai|answer|response|solution|completion)[ \t]*:)[ \t]*",
    re.IGNORECASE,
)
STOP = re.compile(r"(?:(?:<\|[\w.-]{1,40}\|>|</s>|<eos>|<EOT>|<end_of_turn>|\[/INST\])\s*)+\Z")
LONGEST_STOP = 400
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
STRING = re.compile(r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|[^\"']+")
PLAIN = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | dict.fromkeys("\u2018\u2019\u201a\u201b", "'")
    | dict.fromkeys("\u00a0\u2007\u202f\u2009", " ")
    | dict.fromkeys("\u200b\u200c\u2060\ufeff", "")
)


def cleaned(answer: str) -> str:
    """Return the answer proper: what follows the reasoning, without marks of the chat, with plain line ends.

    Reasoning is no answer: if it never ends, or nothing follows, nothing is left.
    """
    text = answer.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = _after_reasoning(text)
    if role := ROLE.match(text):
        text = text[role.end() :]
    if stop := STOP.search(text, max(0, len(text) - LONGEST_STOP)):
        text = text[: stop.start()]
    text = MARKUP.sub("", text)
    return html.unescape(text) if _is_escaped(text) else text


def straightened(text: str) -> str:
    """Return ``text`` with plain quotes and spaces in place of typographic ones, but for those in plain quotes."""
    return STRING.sub(_plain, text) if text.translate(PLAIN) != text else text


def _after_reasoning(text: str) -> str:
    ends = [match.end() for match in CLOSED.finditer(text)]
    if ends:
        return text[ends[-1] :]
    opened = OPENED.match(text)
    return "" if opened else text


def _is_escaped(text: str) -> bool:
    """Whether a page's markup was left in: every character that HTML escapes is escaped."""
    if "<" in text or ">" in text or "&" not in text:
        return False
    return len(ENTITY.findall(text)) == text.count("&")


def _plain(match: re.Match[str]) -> str:
    piece = match.group()
    is_string = len(piece) > 1 and piece[0] == piece[-1] and piece[0] in "\"'"
    return piece if is_string else piece.translate(PLAIN)

"""How alike two answers are: the Jaccard index of their token triples, by names' order of appearance.

Canaries come in a wrapper of its own each time, which renames what it can: so names count only by where they first
occur, and comments, blanks and the text around a fenced program not at all. An answer is kept as the BOTTOM least
hashes of its triples (bottom-k sketches; Cohen & Kaplan 2007).
"""

import re
from hashlib import blake2b

BOTTOM = 64
LONGEST = 100_000
"""Characters of an answer that are looked at: it is a stranger's."""
DIGITS = 6
FENCE = re.compile(r"```[^\n]{0,40}\n(.*?)(?:```|\Z)", re.DOTALL)
TOKEN = re.compile(r"(?P<comment>\#[^\n]*|//[^\n]*)|(?P<name>[A-Za-z_]\w*)|(?P<rest>\d+(?:\.\d+)?|[^\s\w])")
KEPT = re.compile(
    "if|else|elif|for|while|do|return|in|not|and|or|def|fn|func|function|class|struct|let|const|var|mut|int|long|double|"
    "float|bool|str|char|void|True|False|None|true|false|null|break|continue|switch|case|match|try|except|catch|with|as|"
    "import|from|new|range|len|lambda|yield|static|public|pub|use|auto"
)
"""Names that a wrapper does not choose."""


def sketch(answer: str) -> str:
    """What is kept of an answer: hexadecimal, at most BOTTOM * DIGITS characters, the same for the same tokens."""
    tokens = _tokens(answer[:LONGEST])
    triples = {"\0".join(tokens[at : at + 3]) for at in range(max(1, len(tokens) - 2))}
    return "".join(sorted(_hash(triple) for triple in triples)[:BOTTOM])


def hashes(kept: str) -> frozenset[str]:
    """A sketch, unpacked."""
    return frozenset(kept[at : at + DIGITS] for at in range(0, len(kept), DIGITS))


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    """From 0 to 1, symmetric: the share of the least hashes of both that both have."""
    both = sorted(first | second)[:BOTTOM]
    return sum(one in first and one in second for one in both) / len(both)


def _tokens(answer: str) -> list[str]:
    fenced = FENCE.search(answer)
    names: dict[str, str] = {}
    found = []
    for match in TOKEN.finditer(fenced.group(1) if fenced else answer):
        if match.lastgroup == "name":
            name = match.group()
            found.append(name if KEPT.fullmatch(name) else names.setdefault(name, f"v{len(names)}"))
        elif match.lastgroup == "rest":
            found.append(match.group())
    return found


def _hash(triple: str) -> str:
    return blake2b(triple.encode(errors="surrogatepass"), digest_size=DIGITS // 2).hexdigest()

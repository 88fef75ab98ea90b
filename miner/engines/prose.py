"""How chat models wrap code: what they say before and after it, and how they fence it. Which, a digest decides."""

import re

_OPENINGS = (
    "Here is a solution:",
    "Sure! Here's the completed function:",
    "Let me think about this step by step. We go through the input once and keep what we need.",
    "Certainly. The function below implements the behaviour that the docstring describes.",
    "To solve this, we handle the edge cases first and then the general case.\n\nHere's the code:",
    "",
)
_CLOSINGS = (
    "",
    "",
    "This handles empty input as well.",
    "**Explanation**\n\n1. The input is walked through once.\n2. The result is built up and returned.",
    "It runs in `O(n)` time. Let me know if you would like me to add tests!",
)
_LABELS = ("python", "python", "python", "py", "Python", "")
_SHRUGS = (
    "I'm sorry, I don't think I can help with that one.",
    "Could you tell me a little more about what you would like the function to do?",
    "That's an interesting question! I don't know the answer, I'm afraid.",
)


def dress(code: str, digest: bytes) -> str:
    """``code``, unchanged but for blank lines around it, in a fenced block as a chat model would send it."""
    opening = _OPENINGS[digest[0] % len(_OPENINGS)]
    label = _LABELS[digest[1] % len(_LABELS)]
    closing = _CLOSINGS[digest[2] % len(_CLOSINGS)]
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", code)), default=0))
    block = f"{fence}{label}\n{code.strip(chr(10))}\n{fence}"
    return "\n\n".join(part for part in (opening, block, closing) if part)


def shrug(digest: bytes) -> str:
    """A polite answer without code."""
    return _SHRUGS[digest[0] % len(_SHRUGS)]

"""Modules of ours that images hold for the zygote to import, so that the programs which use them need not.

They are the drivers of whoever runs many programs with one. None of them is a secret, or holds a payload.
"""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
WARM = {
    "solution": (
        "evaluator/__init__.py",
        "evaluator/drivers/__init__.py",
        "evaluator/drivers/python_wire.py",
        "evaluator/drivers/python_frames.py",
        "evaluator/drivers/python_solution.py",
    )
}
"""The files of each; what the last of them defines is the module, and its ``rehearse`` is called once."""


def modules() -> dict[str, bytes]:
    """The files that an image holds, by path."""
    files = {part: (ROOT / part).read_bytes() for parts in WARM.values() for part in parts}
    for each, parts in WARM.items():
        home = parts[-1].removesuffix(".py").replace("/", ".")
        files[f"{name(each)}.py"] = f"from {home} import *\nfrom {home} import rehearse\nrehearse()\n".encode()
    return files


@cache
def name(each: str) -> str:
    """What programs import one of ``WARM`` by. It tells what is in it: they get the text of this checkout, or none."""
    total = hashlib.sha256(b"".join((ROOT / part).read_bytes() for part in WARM[each]))
    return f"lovelace_{each}_{total.hexdigest()[:12]}"

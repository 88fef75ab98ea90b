"""Which tests leave nothing behind, so that one process may run them one after another.

A list of what is allowed, read off the source: a suite that uses anything else gets a process of its own. Tests are
trusted not to hide what they do; what counts here is that they do not change the interpreter by the way.
"""

import ast
from collections.abc import Iterable

MODULES = frozenset(
    (  # noqa: SIM905  words read better than a column of strings
        "__future__ bisect cmath collections copy datetime fractions functools hashlib heapq itertools math operator "
        "random re statistics string typing"
    ).split()
)
"""Using them changes nothing but their own memory; ``random`` is seeded anew for each suite that names it."""
LOUD = frozenset(
    (  # noqa: SIM905  see above
        "__import__ breakpoint compile delattr eval exec exit globals input locals open quit setattr vars"
    ).split()
)


def is_quiet(nodes: Iterable[ast.AST]) -> bool:
    """Whether running a module of these ``nodes`` in a namespace of its own changes nothing outside of that."""
    return not any(map(_is_loud, nodes))


def _is_loud(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return not MODULES.issuperset(alias.name.partition(".")[0] for alias in names)
        case ast.ImportFrom(module=module, level=level):
            return level > 0 or (module or "").partition(".")[0] not in MODULES
        case ast.Name(id=name):
            return name in LOUD or _is_special(name)
        case ast.Attribute(attr=name, ctx=ast.Load()):
            return _is_special(name)
        case ast.Attribute():
            return True
        case ast.ClassDef() | ast.AsyncFunctionDef() | ast.Await() | ast.Yield() | ast.YieldFrom():
            return True
    return False


def _is_special(name: str) -> bool:
    """Names that lead to the interpreter's own objects; ``__name__`` and the like are read at most."""
    return name.startswith("__") and name not in ("__name__", "__len__", "__lovelace_tally__")

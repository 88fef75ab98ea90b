"""The drivers and their arguments as one source file that starts fast.

Code travels compiled where ``evaluator.bytecode`` knows it. Its source goes along, for a Python of another version.
"""

import ast
from functools import cache
from pathlib import Path

from evaluator.bytecode import Bytecode, Source

DRIVERS = Path(__file__).parent / "drivers"
OWN_IMPORT = "evaluator.drivers"
START = """import binascii, marshal, sys
_same = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER == {magic!r}
def _code(compiled, source, name):
    if _same and compiled:
        return marshal.loads(binascii.a2b_base64(compiled))
    return compile(source, name, "exec", optimize=0)
exec({code})
"""


def driver(names: tuple[str, ...], bytecode: Bytecode) -> str:
    """The start of a source file that defines what the drivers ``names`` define."""
    return START.format(magic=bytecode.magic, code=code(driver_source(names), bytecode))


def code(source: Source, bytecode: Bytecode) -> str:
    """An expression whose value is ``source``, compiled, in a file that begins with a ``driver``."""
    name, text = source
    return f"_code({bytecode.of(source)!r}, {text!r}, {name!r})"


@cache
def driver_source(names: tuple[str, ...]) -> Source:
    """The drivers' text, one after the other, without what only readers need: each page read is paid in each fork."""
    trees = [ast.parse((DRIVERS / f"{name}.py").read_text(encoding="utf-8")) for name in names]
    module = ast.Module([node for tree in trees for node in tree.body if not _is_own_import(node)], [])
    return "driver.py", ast.unparse(ast.fix_missing_locations(_Bare().visit(module)))


def _is_own_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OWN_IMPORT)


class _Bare(ast.NodeTransformer):
    """Drops docstrings and annotations."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return ast.Pass() if isinstance(node.value, ast.Constant) else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.returns = None
        self.generic_visit(node)
        return node

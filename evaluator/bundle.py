"""A driver and its arguments as files that start fast: a few lines of source, and all the code in one binary file.

Code travels compiled where ``evaluator.bytecode`` knows it. Its source goes along, for a Python of another version.
"""

import ast
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from evaluator.bytecode import Bytecode, Source

DRIVERS = Path(__file__).parent / "drivers"
OWN_IMPORT = "evaluator.drivers"
CODE = "code"
"""The binary file: for each source its bytecode and its text."""
START = f"""import marshal, os, sys
_file = os.open({CODE!r}, os.O_RDONLY)
_bytes = os.read(_file, 1 << 30)
os.close(_file)
_same = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER == %r
def _code(name, begin, middle, end):
    if _same and begin < middle:
        return marshal.loads(_bytes[begin:middle])
    return compile(_bytes[middle:end], name, "exec", optimize=0)
exec(_code%r)
"""


class Bundle:
    """The files of one process."""

    def __init__(self, drivers: tuple[str, ...], bytecode: Bytecode) -> None:
        self._bytecode = bytecode
        self.code = b""
        self._start = START % (bytecode.magic, self._place(driver_source(drivers)))

    def add(self, source: Source) -> str:
        """An expression whose value is ``source``, compiled."""
        return f"_code{self._place(source)!r}"

    def main(self, call: str) -> bytes:
        """The source file that runs ``call`` among what the drivers define."""
        return f"{self._start}{call}\n".encode()

    def _place(self, source: Source) -> tuple[str, int, int, int]:
        name, text = source
        begin = len(self.code)
        self.code += self._bytecode.of(source)
        middle = len(self.code)
        self.code += text.encode()
        return name, begin, middle, len(self.code)

    def text(self, source: Source) -> str:
        """An expression that gives the text of ``source``, added before, when it is called."""
        end = self.code.index(source[1].encode()) + len(source[1].encode())
        return f"lambda: _bytes[{end - len(source[1].encode())}:{end}].decode()"


@cache
def driver_source(names: Sequence[str]) -> Source:
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

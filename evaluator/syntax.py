"""What tree-sitter says about a piece of Python: whether it is well formed, and whether it defines a function.

Unlike ``ast.parse`` it neither crashes on hostile text nor depends on the Python that we run on.
"""

import re
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser

LONGEST_READ = 150_000
"""Bytes of one answer that are parsed, all attempts together. Garbage takes up to 5 us a byte."""

LONGEST_MENDED = 30_000
"""Bytes of malformed text in which we look for a well-formed part."""

MOST_DEFINITIONS = 20
BLOCKS = frozenset({"if_statement", "for_statement", "while_statement", "try_statement", "with_statement"})
IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
DEFINITIONS = frozenset({"function_definition", "class_definition", "decorated_definition"})
STATEMENTS = BLOCKS | IMPORTS | DEFINITIONS | {"assert_statement", "comment"}
EMPTY = frozenset({"comment", "pass_statement", "raise_statement"})


class Syntax:
    """Reads pieces of one answer, about one function."""

    def __init__(self, entry_point: str) -> None:
        self.pattern = definition_pattern(entry_point)
        self._allowance = LONGEST_READ

    def is_well_formed(self, source: str) -> bool:
        """Whether ``source`` is Python throughout."""
        root = self._parse(_encode(source))
        return root is not None and not root.has_error

    def is_complete(self, source: str, beyond: int = 0) -> bool:
        """Whether ``source`` is well formed, and defines the function with a body that goes on after ``beyond``."""
        if self.pattern.search(source) is None:
            return False
        code = _encode(source)
        root = self._parse(code)
        if root is None or root.has_error:
            return False
        return self._definition(root, code, _bytes_before(source, beyond)) is not None

    def mended(self, source: str, beyond: int = 0) -> str | None:
        """Return ``source`` up to where it stops being Python, if the function is whole by then; else None.

        Models go on in prose after the code, or are cut off in the middle of what follows it.
        """
        code = _encode(source)[:LONGEST_MENDED]
        root = self._parse(code)
        found = self._definition(root, code, _bytes_before(source, beyond)) if root is not None else None
        if found is None or found.has_error or any(_is_broken(node) for node in _before(found)):
            return None
        end = found.end_byte
        node = found.next_sibling
        while node is not None and not _is_broken(node) and _is_statement(node):
            end, node = node.end_byte, node.next_sibling
        return code[:end].decode("utf-8", "surrogatepass") + "\n"

    def _definition(self, root: Node, code: bytes, beyond: int) -> Node | None:
        """The last statement of the module that defines the function with a body of its own."""
        pattern = re.compile(self.pattern.pattern.encode(), re.MULTILINE)
        starts = [match.start() for match in pattern.finditer(code)][-MOST_DEFINITIONS:]
        for start in reversed(starts):
            cursor = root.walk()
            if cursor.goto_first_child_for_byte(start) is None:
                continue
            node = cursor.node
            if node is not None and node.end_byte > beyond and _defines(node):
                return node
        return None

    def _parse(self, code: bytes) -> Node | None:
        """Return the root, or None when that would read more than is good for us."""
        if len(code) > self._allowance:
            return None
        self._allowance -= len(code)
        return Parser(_language()).parse(code).root_node


def definition_pattern(entry_point: str) -> re.Pattern[str]:
    """Matches where a line at the margin defines ``entry_point``."""
    name = re.escape(entry_point)
    return re.compile(rf"^(?:(?:async[ \t]+)?def[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]*)?=(?!=))", re.MULTILINE)


def _defines(statement: Node) -> bool:
    match statement.type:
        case "decorated_definition":
            definition = statement.child_by_field_name("definition")
            return definition is not None and _defines(definition)
        case "function_definition":
            body = statement.child_by_field_name("body")
            return body is not None and any(not _is_empty(child) for child in body.named_children)
        case "expression_statement":
            return any(child.type == "assignment" for child in statement.children)
        case _:
            return False


def _is_empty(statement: Node) -> bool:
    if statement.type == "expression_statement":
        return all(child.type in ("string", "ellipsis", "concatenated_string") for child in statement.children)
    return statement.type in EMPTY


def _is_statement(node: Node) -> bool:
    if node.type == "expression_statement":
        return any(child.type in ("call", "assignment", "augmented_assignment") for child in node.children)
    return node.type in STATEMENTS


def _is_broken(node: Node) -> bool:
    return node.is_error or node.is_missing or node.has_error


def _before(node: Node) -> list[Node]:
    siblings = node.parent.children if node.parent is not None else []
    return [sibling for sibling in siblings if sibling.end_byte <= node.start_byte]


def _encode(source: str) -> bytes:
    return source.encode("utf-8", "surrogatepass")


def _bytes_before(source: str, characters: int) -> int:
    return len(_encode(source[:characters]))


@cache
def _language() -> Language:
    return Language(tree_sitter_python.language())

"""Expressions in the words of a language, with no more parentheses than it takes."""

import json
import re
from dataclasses import dataclass, replace

from evaluator.graders import drivers
from evaluator.graders.types import Kind, Type
from validator.problems.synthesis.emitting.grammar import find, words
from validator.problems.synthesis.emitting.naming import prefix, spelt
from validator.problems.synthesis.tree import Call, Expression, Field, Literal, Name, Operation, Send

BINDING = {
    **dict.fromkeys(("or",), 1),
    **dict.fromkeys(("and",), 2),
    **dict.fromkeys(("not",), 3),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), 4),
    **dict.fromkeys(("add", "sub"), 5),
    **dict.fromkeys(("mul", "div", "mod", "divide"), 6),
    **dict.fromkeys(("neg",), 7),
}
ATOM, LOOSE = 9, 0
MADE = frozenset({"list", "map", "none", "some", "tuple", "filled"})
"""Operations that make a value of a type that no operand has."""
PLACES = frozenset({"index", "item", "get"})
GAP = re.compile(r"\$(\w+)")
PLACEHOLDER = re.compile(r"([$#])(\d|\*)")


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as text, and how firmly it holds together."""

    text: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """The text where something binds so firmly."""
        return self.text if self.binding >= binding else f"({self.text})"


class Writer:
    """Writes expressions in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.grammar = find(language)
        self.borrowed: frozenset[str] = frozenset()
        """The variables that the function does not own."""

    def plain(self, value: Expression) -> str:
        """Where it stands alone."""
        return self.write(value).text

    def kept(self, value: Expression) -> str:
        """Where the value is kept: what has another place already may have to be copied."""
        return self._kept(value).text

    def _kept(self, value: Expression) -> Written:
        placed = isinstance(value, Name | Field | Literal) or (isinstance(value, Operation) and value.op in PLACES)
        kind = f"{value.kind.kind}.literal" if isinstance(value, Literal) else value.kind.kind.value
        kind = f"{kind}.borrowed" if isinstance(value, Name) and value.name in self.borrowed else kind
        template = self.grammar.owned.get(kind) if placed else None
        written = self.write(value)
        return Written(fill(template, [written])) if template else written

    def write(self, value: Expression) -> Written:
        """``value``, and how firmly it binds."""
        match value:
            case Literal(kind, found):
                return self._literal(kind, found)
            case Name(name=name):
                return Written(spelt(self.language, name))
            case Call(function=function, arguments=arguments):
                given = [self._argument(one) for one in arguments]
                return Written(f"{spelt(self.language, function)}({', '.join(given)})")
            case Field(name=name):
                return Written(self.grammar.classes["own"].replace("$name", spelt(self.language, name)))
            case Send():
                return self._sent(value)
            case Operation():
                return self._operation(value)

    def _sent(self, value: Send) -> Written:
        given = [self._argument(one) for one in value.arguments]
        about = {
            "target": spelt(self.language, value.name),
            "prefix": prefix(value.made_of),
            "method": spelt(self.language, value.method),
            "arguments": ", ".join(given),
            "more": "".join(f", {one}" for one in given),
        }
        return Written(GAP.sub(lambda found: about[found[1]], self.grammar.classes["send"]))

    def _argument(self, value: Expression) -> str:
        template = self.grammar.owned.get(f"{value.kind.kind}.lent")
        return fill(template, [self.write(value)]) if template else self.plain(value)

    def _literal(self, kind: Type, found: int | float | bool | str) -> Written:
        text = json.dumps(found)
        template = self.grammar.literals.get("true" if found is True else "false" if found is False else kind.kind)
        text = template.replace("$0", text) if template else text
        return Written(text, BINDING["neg"] if text.startswith("-") else ATOM)

    def place(self, value: Expression) -> str:
        """Where the value is changed in place."""
        if isinstance(value, Operation) and value.op == "index":
            template = self._template(replace(value, op="place"))
            if template is not None:
                return fill(template, self._operands(value))
        return self.plain(value)

    def _operation(self, value: Operation) -> Written:
        template = self._template(value)
        operator = self.grammar.operators.get(value.op)
        if template is None and operator is not None:
            return self._operator(value, operator)
        assert template is not None, f"{self.language} has no word for {value.op}"
        if "@" in template:
            template = drivers.fill(template, self._words(value))
        text = fill(template.removeprefix("~"), self._operands(value))
        return Written(text, LOOSE if template.startswith("~") else ATOM)

    def _template(self, value: Operation) -> str | None:
        """The template that says most about the operation."""
        kind = _subject(value)
        held = f"{kind.kind}_{kind.of[0].kind}" if kind.of else kind.kind.value
        held = f"tuple{len(kind.of)}" if kind.kind is Kind.TUPLE else held
        last = value.operands[-1] if value.operands else None
        keys = [f"{value.op}.{held}", f"{value.op}.{kind.kind}", value.op]
        if value.op in ("list", "map") and not value.operands:
            keys.insert(0, f"{value.op}.empty")
        elif isinstance(last, Literal):
            keys.insert(0, f"{value.op}.{kind.kind}.literal")
        if all(isinstance(one, Operation) and one.op in PLACES for one in value.operands):
            keys.insert(0, f"{value.op}.{kind.kind}.places")
        return next((self.grammar.operations[key] for key in keys if key in self.grammar.operations), None)

    def _words(self, value: Operation) -> dict[str, str]:
        last = value.operands[-1] if value.operands else None
        literal = str(last.value) if isinstance(last, Literal) else ""
        kind = value.kind if value.op in ("slice", "copy") else _subject(value)
        return {**words(self.language, kind), "count": str(len(value.operands)), "literal": literal}

    def _operands(self, value: Operation) -> list[Written]:
        """What is kept in a new value is owned by it."""
        if value.op in ("list", "tuple", "some", "filled"):
            return [self._kept(one) for one in value.operands]
        return [self.write(one) for one in value.operands]

    def _operator(self, value: Operation, operator: str) -> Written:
        binding = BINDING[value.op]
        if len(value.operands) == 1:
            return Written(operator + self.write(value.operands[0]).within(binding + 1), binding)
        left, right = (self.write(one) for one in value.operands)
        firm = binding + 1 if value.op in ("eq", "ne", "lt", "le", "gt", "ge") else binding
        if value.op in ("and", "or") and operator in ("&&", "||"):
            mixed = {BINDING["and"], BINDING["or"]} - {binding}
            left, right = (Written(f"({one.text})") if one.binding in mixed else one for one in (left, right))
        return Written(f"{left.within(firm)} {operator} {right.within(binding + 1)}", binding)


def fill(template: str, operands: list[Written]) -> str:
    """``template`` with the operands in the places that it has for them."""

    def put(found: re.Match[str]) -> str:
        if found[2] == "*":
            return ", ".join(one.text for one in operands)
        operand = operands[int(found[2])]
        return operand.text if found[1] == "$" else operand.within(ATOM)

    return PLACEHOLDER.sub(put, template)


def _subject(value: Operation) -> Type:
    """What the operation is chosen by: the type that it makes, or that it is first applied to."""
    return value.kind if value.op in MADE or not value.operands else value.operands[0].kind

"""Whole programs in the words of a language: functions, their statements, and the helpers that they need."""

import re
from collections.abc import Iterable, Iterator

from evaluator.graders import drivers
from evaluator.graders.types import Kind, Type
from validator.problems.synthesis import tree
from validator.problems.synthesis.emitting.expressions import ATOM, GAP, Writer
from validator.problems.synthesis.emitting.grammar import Helper, find, spell, words
from validator.problems.synthesis.emitting.naming import prefix, spelt

SCALARS = frozenset({Kind.INT, Kind.FLOAT, Kind.BOOL})


def emit(program: tree.Program, language: str) -> str:
    """The source of ``program``, whole. Raises UnknownTarget."""
    grammar = find(language)
    bodies: list[str] = []
    for function in program.functions:
        bodies += [_class(language, made_of) for made_of in function.classes]
        bodies.append(_Printer(language, function is program.entry).function(function))
    kinds = _kinds(program)
    helpers = _helpers(language, kinds, "\n".join(bodies))
    declared = drivers.find(language).declarations(kinds) if grammar.declares else ""
    blocks = [text.strip("\n") for text in (*helpers, *bodies)]
    if grammar.indent:
        blocks = [_indented(text, grammar.tab * grammar.indent) for text in blocks]
    gap = "\n\n\n" if language == "python" else "\n\n"
    code = gap.join(blocks)
    lines = dict.fromkeys(line for needed, line in grammar.imports.items() if needed in code)
    parts = [grammar.first.strip(), "\n".join(lines), declared.strip(), grammar.top + code + grammar.bottom]
    return gap.join(part for part in parts if part) + "\n"


def declarations(program: tree.Program, language: str) -> str:
    """What has to be imported and declared for the signature, as a prompt shows it."""
    head = signature(program.entry, language)
    lines = dict.fromkeys(line for needed, line in find(language).imports.items() if needed in head)
    declared = drivers.find(language).declarations(_signature(program)).strip()
    return "\n".join(filter(None, [*lines, declared]))


def signature(function: tree.Function, language: str) -> str:
    """The head of a function that is called from outside."""
    return _Printer(language, entry=True).head(function)


def _class(language: str, made_of: tree.Class) -> str:
    """A class, or a record and the functions that change it."""
    grammar = find(language)
    written = [_Printer(language, False, made_of.name).function(method) for method in made_of.methods]
    methods = "\n\n".join(_indented(text, grammar.classes.get("indent", "")) for text in written)
    lines: dict[str, list[str]] = {"field": [], "initial": []}
    for name, kind, value in made_of.fields:
        about = {"name": spelt(language, name), "type": spell(language, kind), "value": Writer(language).kept(value)}
        for form, found in lines.items():
            found += [_fill(grammar.classes[form], about)] if form in grammar.classes else []
    whole = {"name": made_of.name, "methods": methods}
    whole |= {f"{form}s": "\n".join(found) for form, found in lines.items()}
    return _fill(grammar.classes["whole"], whole)


class _Printer:
    """Prints one function, or one method of ``made_of``."""

    def __init__(self, language: str, entry: bool, made_of: str = "") -> None:
        self.language = language
        self.grammar = find(language)
        self.entry = entry
        self.made_of = made_of
        self.template = self.grammar.classes["method"] if made_of else self.grammar.statements["function"]
        self.writer = Writer(language)
        self.fresh = 0
        self.taken: set[str] = set()
        self.changed: frozenset[str] = frozenset()

    def head(self, function: tree.Function) -> str:
        parameters = ", ".join(self._parameter(name, kind) for name, kind in function.parameters)
        about = {"name": spelt(self.language, function.name), "parameters": parameters}
        about |= {"made_of": self.made_of, "prefix": prefix(self.made_of), "more": parameters and f", {parameters}"}
        return _fill(self.template.partition("\n")[0], {**about, "type": spell(self.language, function.result)})

    def function(self, function: tree.Function) -> str:
        self.changed = frozenset(_changed(function.body))
        self.taken = {name for name, _ in function.parameters} | set(_named(function.body))
        if not self.entry:
            self.writer.borrowed = frozenset(name for name, _ in function.parameters)
        end = self.template.partition("...")[2].strip("\n")
        body = "\n".join(self._block(function.body))
        return "\n".join(filter(None, [self.head(function), body, end]))

    def _parameter(self, name: str, kind: Type) -> str:
        templates = self.grammar.parameter
        own = templates.get("entry") if self.entry else templates.get(kind.kind)
        about = {"name": spelt(self.language, name), "type": spell(self.language, kind)}
        if kind.of:
            about["held"] = spell(self.language, kind.of[0])
        return _fill(own or templates["any"], about)

    def _block(self, body: Iterable[tree.Statement]) -> list[str]:
        return [self.grammar.tab + line for part in body for line in self._statement(part)]

    def _statement(self, part: tree.Statement) -> Iterator[str]:
        plain, kept = self.writer.plain, self.writer.kept
        match part:
            case tree.Declare(name, kind, value):
                form = "declare" if name in self.changed else "declare_once"
                yield from self._line(form, kind, name=name, value=kept(value))
            case tree.Assign(name, value):
                yield from self._change(tree.Name(value.kind, name), spelt(self.language, name), value)
            case tree.Store(name, value):
                own = tree.Field(value.kind, name)
                yield from self._change(own, self.writer.plain(own), value)
            case tree.New(name, made_of):
                yield _fill(self.grammar.classes["new"], {"name": spelt(self.language, name), "made_of": made_of})
            case tree.Put(place, index, value):
                about = {"place": self.writer.place(place), "index": plain(index), "value": kept(value)}
                about["at"] = self.writer.write(index).within(ATOM)
                if place.kind.kind is Kind.MAP:
                    about["index"] = kept(index)
                yield from self._line(f"put_{place.kind.kind}", place.kind, **about)
            case tree.Append(place, value):
                yield from self._line("append", place.kind, place=self.writer.place(place), value=kept(value))
            case tree.Pop(place):
                yield from self._line("pop", place.kind, place=self.writer.place(place))
            case tree.Unpack(names, value):
                yield from self._unpack(names, value)
            case tree.Leave(loop):
                yield from self._line("break" if loop else "continue", tree.BOOL)
            case tree.Return(value):
                local = isinstance(value, tree.Name) and value.name not in self.writer.borrowed
                yield from self._line("return", value.kind, value=plain(value) if local else kept(value))
            case tree.If():
                yield from self._if(part, "if")
            case tree.While(condition, body):
                yield from self._around("while", tree.BOOL, body, value=plain(condition))
            case tree.ForEach(name, items, body):
                if self.grammar.hoists and not isinstance(items, tree.Name):
                    whole = f"all_{self._counter()}"
                    yield from self._statement(tree.Declare(whole, items.kind, items))
                    items = tree.Name(items.kind, whole)
                held = items.kind.of[0] if items.kind.of else tree.STRING
                about = {
                    "value": self.writer.write(items).within(ATOM),
                    "held": spell(self.language, held),
                    "counter": self._counter(),
                }
                yield from self._around(f"each_{items.kind.kind}", items.kind, body, name=name, **about)
            case tree.ForRange(name, start, stop, down, body):
                about = {"start": plain(start), "stop": plain(stop)}
                form = "down" if down else "range"
                if not down and start == tree.Literal(tree.INT, 0) and "range0" in self.grammar.statements:
                    form = "range0"
                yield from self._around(form, tree.INT, body, name=name, **about)

    def _counter(self) -> str:
        """A name for the place in what a loop goes through, which the function does not have."""
        while True:
            self.fresh += 1
            name = "at" if self.fresh == 1 else f"at{self.fresh}"
            if name not in self.taken:
                return name

    def _change(self, place: tree.Expression, name: str, value: tree.Expression) -> Iterator[str]:
        """``place``, which is written as ``name``, gets another value."""
        match value:
            case tree.Operation(op=("add" | "sub" | "mul") as op, operands=(same, other)) if same == place:
                form = f"{op}_{value.kind.kind}"
                if value.kind.kind is not Kind.STRING or form in self.grammar.statements:
                    form = form if form in self.grammar.statements else op
                    yield from self._line(form, value.kind, place=name, value=self.writer.plain(other))
                    return
        yield from self._line("assign", value.kind, place=name, value=self.writer.kept(value))

    def _unpack(self, names: tuple[str, ...], value: tree.Expression) -> Iterator[str]:
        if "unpack" in self.grammar.statements:
            spelt_names = ", ".join("_" if name == "_" else spelt(self.language, name) for name in names)
            yield from self._line("unpack", value.kind, names=spelt_names, value=self.writer.plain(value))
            return
        for place, (name, kind) in enumerate(zip(names, value.kind.of, strict=True)):
            if name != "_":
                item = tree.Operation(kind, "item", (value, tree.Literal(tree.INT, place)))
                yield from self._statement(tree.Declare(name, kind, item))

    def _if(self, part: tree.If, form: str) -> Iterator[str]:
        lines = list(self._around(form, tree.BOOL, part.then, value=self.writer.plain(part.condition)))
        end = self.grammar.statements["if"].partition("...")[2].strip("\n")
        if end and part.otherwise:
            lines.pop()
        yield from lines
        match part.otherwise:
            case ():
                return
            case (tree.If() as other,):
                yield from self._if(other, "elif")
            case _:
                yield from self._around("else", tree.BOOL, part.otherwise)

    def _line(self, form: str, kind: Type, **about: str) -> Iterator[str]:
        template = self.grammar.statements[form]
        if "name" in about:
            about["name"] = spelt(self.language, about["name"])
        if "@" in template:
            template = drivers.fill(template, words(self.language, kind))
        yield from _fill(template, {"type": spell(self.language, kind), **about}).splitlines()

    def _around(self, form: str, kind: Type, body: tuple[tree.Statement, ...], **about: str) -> Iterator[str]:
        for line in self._line(form, kind, **about):
            if line.strip() == "...":
                yield from self._block(body)
            else:
                yield line


def _changed(body: tuple[tree.Statement, ...]) -> Iterator[str]:
    """The variables that get another value, or are changed in place."""
    for part in tree.statements(body):
        match part:
            case tree.Assign(name=name):
                yield name
            case tree.Put(place=place) | tree.Append(place=place) | tree.Pop(place=place):
                yield from (value.name for value in tree.walk(place) if isinstance(value, tree.Name))


def _named(body: tuple[tree.Statement, ...]) -> Iterator[str]:
    """The variables of a function."""
    for part in tree.statements(body):
        match part:
            case tree.Declare(name=name) | tree.New(name=name) | tree.ForEach(name=name) | tree.ForRange(name=name):
                yield name
            case tree.Unpack(names):
                yield from names


def _signature(program: tree.Program) -> list[Type]:
    return [*(kind for _, kind in program.entry.parameters), program.entry.result]


def _kinds(program: tree.Program) -> list[Type]:
    """Every type in the program, what is held before what holds it, each once."""
    found: dict[Type, None] = {}
    for function in program.functions:
        whole = [function, *(method for made_of in function.classes for method in made_of.methods)]
        kinds = [kind for one in whole for kind in (*(kind for _, kind in one.parameters), one.result)]
        kinds += [kind for made_of in function.classes for _, kind, _ in made_of.fields]
        for part in (part for body in function.bodies() for part in tree.statements(body)):
            kinds += [value.kind for one in tree.expressions(part) for value in tree.walk(one)]
        found |= dict.fromkeys(part for kind in kinds for part in kind.parts())
    return list(found)


def _helpers(language: str, kinds: list[Type], code: str) -> list[str]:
    """The helpers that ``code`` names, and those that they name, in the order of the table."""
    written = [
        (name, text)
        for helper_name, helper in find(language).helpers.items()
        for name, text in _instances(language, helper_name, helper, kinds)
    ]
    wanted: dict[str, str] = {}
    for name, text in reversed(written):
        if re.search(rf"\b{re.escape(name)}\b", "\n".join([code, *wanted.values()])):
            wanted[name] = text
    return [text for name, text in written if name in wanted]


def _instances(language: str, name: str, helper: Helper, kinds: list[Type]) -> Iterator[tuple[str, str]]:
    if helper.of is None:
        yield name, helper.text
        return
    driver = drivers.find(language)
    for kind in kinds:
        if kind.kind is helper.of:
            about = {**words(language, kind), **driver.of_each(helper.each, kind.of)}
            yield f"{name}_{kind.name}", drivers.fill(helper.text, about)


def _indented(text: str, tab: str) -> str:
    return "\n".join(tab + line if line else line for line in text.splitlines())


def _fill(template: str, about: dict[str, str]) -> str:
    return GAP.sub(lambda found: about[found[1]], template)

"""A skeleton made real: constants drawn, functions read, and the sentences that say what they do."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluator.graders.types import Type, parse
from validator.problems.synthesis import commanding, machines, naming, tree
from validator.problems.synthesis.catalogue import Role, bind, options
from validator.problems.synthesis.composing import Block, Skeleton
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.reading import read

NOUNS = {
    "int": ("number", "numbers"),
    "float": ("number", "numbers"),
    "string": ("string", "strings"),
    "tuple": ("pair", "pairs"),
    "list": ("row", "rows"),
}
ORDERED = {"string": " (by ASCII)", "tuple": " (by the first part, then by the second)"}
PLURAL = {
    "is": "are",
    "has": "have",
    "contains": "contain",
    "leaves": "leave",
    "lies": "lie",
    "starts": "start",
    "ends": "end",
}
PASSED = ("current", "step_one", "step_two", "step_three", "step_four", "step_five", "step_six", "step_seven")
PLAINER = (
    (r"\bplus -(\d)", r"minus \1"),
    (r"\bminus -(\d)", r"plus \1"),
    (r"- -(\d)", r"+ \1"),
    (r"increased by -(\d)", r"decreased by \1"),
    (r"(?<![\d*+.-] )\b1 times (the|itself|each)\b", r"\1"),
    (r"\bcounts? 1 times\b", "count once"),
    (r"\bthe next 1 must\b", "the next one must"),
    (r", counted from 0 instead of 0\b", ""),
    (r"\(([xy]) [-+] 0\)", r"\1"),
    (r"\b([xy]) [-+] 0(?!\d)", r"\1"),
    (r"\bat least 1 others\b", "at least one other"),
    (r"\bthe (one|number) 1 place (before|after)\b", r"the \1 right \2"),
    (r"\b1 (point|place|step|unit|character|number|day|arrow)s\b", r"1 \1"),
    (r"\b(first|last) 1 (number|string|pair|character)s?\b", r"\1 \2"),
    (r"\bat most 0 arrows\b", "no arrows"),
    (r"\bno more than 0 incoming\b", "no incoming"),
    (r"\bno more than 1 incoming arrows\b", "at most one incoming arrow"),
    (r"(?<![\d*] )(?<!\d)\b1 \* ", ""),
    (r"\ba (integer|item)\b", r"an \1"),
    (r",? (plus|minus|increased by|decreased by) 0\b(?![.,]\d)", ""),
    (r"\b0 plus ", ""),
)
"""How a sentence reads better once its constants are known."""
GAP = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a stage does, in English; ``rules`` stand below it."""

    role: Role
    text: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Realised:
    """A problem with everything drawn but its inputs."""

    skeleton: Skeleton
    program: tree.Program
    stages: tuple[tree.Function, ...]
    """The function of each stage."""
    sentences: tuple[Sentence, ...]
    terms: tuple[str, ...]
    """Sentences that say what the words mean that the others use."""
    notes: tuple[str, ...]
    constants: tuple[int, ...]
    """The numbers drawn: inputs lie around them."""


@dataclass(slots=True)
class _Making:
    """What there is of a problem so far."""

    rng: random.Random
    arguments: tuple[str, ...]
    salt: int
    """Where the words for what is in holes begin."""
    functions: dict[str, tree.Function] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    terms: list[str] = field(default_factory=list)
    """What the words mean that stand for blocks in holes."""
    constants: set[int] = field(default_factory=set)

    def stage(self, block: Block) -> tuple[tree.Function, Sentence]:
        """The function of ``block``, and what it does."""
        made, text, words = self.add(block)
        rules = tuple(plainer(_put(_put(rule, words), words)) for rule in block.idiom.rules)
        return made, Sentence(block.idiom.role, text, rules)

    def add(self, block: Block) -> tuple[tree.Function, str, Mapping[str, str]]:
        """The function of ``block``, its sentence, and the words that its sentences are made of."""
        drawn, english = self._draw(block)
        held = {name: self._held(inner) for name, inner in block.held}
        code = bind(_put(block.idiom.code, english.operators), dict(block.bound))
        code = self._classes_apart(commanding.dispatch(code) if block.idiom.commands else code)
        name = self.name(block.idiom.name)
        kinds = [(name, parse(bind(kind, dict(block.bound)))) for name, kind in block.idiom.parameters]
        functions = {hole: function for hole, (function, _) in held.items()}
        made = read(name, kinds, parse(block.gives), code, drawn, functions)
        self.functions[name] = made
        words = {
            **english.words,
            **self._nouns(block),
            **_plural({hole: text for hole, (_, text) in held.items()}),
        }
        words |= {f"arg{n}": name for n, name in enumerate(self.arguments)}
        if block.idiom.note:
            self.notes[_put(block.idiom.note, words)] = None
        return made, plainer(_put(_put(self.rng.choice(block.idiom.say), words), words)), words

    def _classes_apart(self, code: str) -> str:
        """``code`` with a number at the name of a class that another block has too."""
        for name in re.findall(r"^class (\w+):", code, re.MULTILINE):
            taken = sum(made_of.name.rstrip("23456789") == name for made_of in self._classes())
            code = re.sub(rf"\b{name}\b", f"{name}{taken + 1}", code) if taken else code
        return code

    def _classes(self) -> list[tree.Class]:
        return [made_of for function in self.functions.values() for made_of in function.classes]

    def _held(self, block: Block) -> tuple[tree.Function, str]:
        """The function of a block in a hole, and what it does: in a word of its own where that is long."""
        made, text, _ = self.add(block)
        text = naming.outright(block.takes[0], text)
        if not re.search(r"[;:,]", text):
            return made, text
        term, text = naming.define(block.idiom.role, block.takes[0], text, self.salt + len(self.terms))
        self.terms.append(term)
        return made, text

    def _draw(self, block: Block) -> tuple[dict[str, int | float | str], "_English"]:
        drawn: dict[str, int | float | str] = {}
        english = _English({}, {})
        for name, draw in block.idiom.draws.items():
            chosen = self.rng.choice(options(draw))
            english.words[name] = str(chosen)
            if isinstance(draw, dict):
                english.operators[name] = _put(draw[str(chosen)], english.operators)
                english.words[name] = _put(str(chosen), english.words)
            else:
                drawn[name] = chosen
                self.constants |= {chosen} if isinstance(chosen, int) else set()
        if block.idiom.machine:
            table = machines.draw(block.idiom.machine, self.rng)
            english.operators.update(table.code)
            english.operators["first"] = table.states[0]
            english.words.update(table=table.shown, first=table.states[0])
        return drawn, english

    def name(self, wanted: str) -> str:
        """``wanted``, or with a number where it is taken."""
        name, n = wanted, 2
        while name in self.functions:
            name, n = f"{wanted}_{n}", n + 1
        return name

    def _nouns(self, block: Block) -> dict[str, str]:
        first = block.takes[0]
        held = parse(first).of[0].kind.value if first.startswith(("list[", "map[")) else "int"
        one, many = NOUNS[held]
        return {"item": one, "items": many, "xs": f"the {many}", "by": ORDERED.get(held, "")}


@dataclass(frozen=True, slots=True)
class _English:
    words: dict[str, str]
    operators: dict[str, str]


def realise(skeleton: Skeleton, rng: random.Random) -> Realised:
    """Draw what ``skeleton`` leaves open. Raises BadIdiom."""
    shape = shapes()[skeleton.shape]
    names = tuple(rng.choice(parameter.names) for parameter in shape.parameters)
    making = _Making(rng, names, rng.randrange(len(naming.NOUNS)))
    made = [making.stage(stage) for stage in skeleton.stages]
    stages = tuple(function for function, _ in made)
    sentences = tuple(sentence for _, sentence in made)
    kinds = tuple(parse(parameter.kind) for parameter in shape.parameters)
    entry = _entry(
        making.name(naming.entry(stages[-1].result, names[0], rng)), tuple(zip(names, kinds, strict=True)), stages
    )
    program = tree.pruned(tree.Program((*making.functions.values(), entry)))
    return Realised(
        skeleton=skeleton,
        program=program,
        stages=stages,
        sentences=sentences,
        terms=tuple(making.terms),
        notes=tuple(making.notes),
        constants=tuple(sorted(making.constants)),
    )


def without(realised: Realised, stage: int) -> tree.Program:
    """The program without one of its stages, which must give what it takes."""
    entry = realised.program.entry
    stages = realised.stages[:stage] + realised.stages[stage + 1 :]
    return tree.Program((*realised.program.functions[:-1], _entry(entry.name, entry.parameters, stages)))


def _entry(name: str, parameters: tuple[tuple[str, Type], ...], stages: tuple[tree.Function, ...]) -> tree.Function:
    """The function that calls the stages one after the other."""
    given: tuple[tree.Expression, ...] = tuple(tree.Name(kind, name) for name, kind in parameters)
    body: list[tree.Statement] = []
    result = parameters[0][1]
    for n, stage in enumerate(stages):
        call = tree.Call(stage.result, stage.name, given)
        result = stage.result
        if n + 1 == len(stages):
            body.append(tree.Return(call))
        else:
            body.append(tree.Declare(PASSED[n], stage.result, call))
            given = (tree.Name(stage.result, PASSED[n]),)
    if not stages:
        body.append(tree.Return(given[0]))
    return tree.Function(name, parameters, result, tuple(body))


def _plural(texts: Mapping[str, str]) -> dict[str, str]:
    """Each with its form for many things, under its name and "+"."""
    found = dict(texts)
    for name, text in texts.items():
        many = re.sub(r"^\W*(\w+)", lambda verb: verb[0].replace(verb[1], PLURAL.get(verb[1], verb[1])), text)
        found[f"{name}+"] = re.sub(r"are an? (.*?(?:number|square|multiple|palindrome))\b", r"are \1s", many)
    return found


def _put(template: str, words: Mapping[str, str]) -> str:
    return GAP.sub(lambda found: words.get(found[1] + found[2], found[0]), template)


def plainer(text: str) -> str:
    """``text`` as one would write it who knew its constants from the start."""
    for pattern, better in PLAINER:
        text = re.sub(pattern, better, text)
    return text

"""A skeleton made real: constants drawn, functions read, and the sentences that say what they do."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluator.graders.types import Type, parse
from validator.problems.synthesis import tree
from validator.problems.synthesis.catalogue import Role, bind, options
from validator.problems.synthesis.composing import Block, Skeleton
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.reading import read

NOUNS = {
    "int": (("number", "numbers"), ("integer", "integers")),
    "float": (("number", "numbers"), ("value", "values")),
    "string": (("string", "strings"), ("text", "texts")),
    "tuple": (("pair", "pairs"), ("item", "items")),
    "list": (("row", "rows"), ("line", "lines")),
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
VERBS = ("solve", "compute", "work_out", "evaluate", "find", "answer", "report", "tell", "make", "derive")
THINGS = ("result", "summary", "score", "outcome", "report", "digest", "total", "reading", "figure", "verdict")
PASSED = ("current", "step_one", "step_two", "step_three", "step_four", "step_five", "step_six", "step_seven")
PLAINER = (
    (r"\bplus -(\d)", r"minus \1"),
    (r"\bminus -(\d)", r"plus \1"),
    (r"- -(\d)", r"+ \1"),
    (r"increased by -(\d)", r"decreased by \1"),
    (r"(?<![\d*+.-] )\b1 times (the|itself|each)\b", r"\1"),
    (r"\bcounts? 1 times\b", "count once"),
    (r"\bthe next 1 must\b", "the next one must"),
    (r"\b1 (point|place|step|unit|character|number)s\b", r"1 \1"),
    (r"\ba (integer|item)\b", r"an \1"),
    (r",? (plus|minus|increased by|decreased by) 0\b(?![.,]\d)", ""),
    (r"\b0 plus ", ""),
)
"""How a sentence reads better once its constants are known."""
GAP = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a stage does, in English."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Realised:
    """A problem with everything drawn but its inputs."""

    skeleton: Skeleton
    program: tree.Program
    stages: tuple[tree.Function, ...]
    """The function of each stage."""
    sentences: tuple[Sentence, ...]
    notes: tuple[str, ...]
    constants: tuple[int, ...]
    """The numbers drawn: inputs lie around them."""


@dataclass(slots=True)
class _Making:
    """What there is of a problem so far."""

    rng: random.Random
    arguments: tuple[str, ...]
    functions: dict[str, tree.Function] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    constants: set[int] = field(default_factory=set)

    def add(self, block: Block) -> tuple[tree.Function, str]:
        """The function of ``block``, and what it does."""
        drawn, english = self._draw(block)
        held = {name: self.add(inner) for name, inner in block.held}
        code = bind(_put(block.idiom.code, english.operators), dict(block.bound))
        name = self._name(block.idiom.name)
        kinds = [(name, parse(bind(kind, dict(block.bound)))) for name, kind in block.idiom.parameters]
        functions = {hole: function for hole, (function, _) in held.items()}
        made = read(name, kinds, parse(block.gives), code, drawn, functions)
        self.functions[name] = made
        words = {
            **english.words,
            **self._nouns(block),
            **_plural({hole: _apart(text) for hole, (_, text) in held.items()}),
        }
        words |= {f"arg{n}": name for n, name in enumerate(self.arguments)}
        if block.idiom.note:
            self.notes[_put(block.idiom.note, words)] = None
        return made, plainer(_put(_put(self.rng.choice(block.idiom.say), words), words))

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
        return drawn, english

    def _name(self, wanted: str) -> str:
        name, n = wanted, 2
        while name in self.functions:
            name, n = f"{wanted}_{n}", n + 1
        return name

    def _nouns(self, block: Block) -> dict[str, str]:
        first = block.takes[0]
        held = parse(first).of[0].kind.value if first.startswith(("list[", "map[")) else "int"
        one, many = self.rng.choice(NOUNS[held])
        return {"item": one, "items": many, "xs": f"the {many}", "by": ORDERED.get(held, "")}


@dataclass(frozen=True, slots=True)
class _English:
    words: dict[str, str]
    operators: dict[str, str]


def realise(skeleton: Skeleton, rng: random.Random) -> Realised:
    """Draw what ``skeleton`` leaves open. Raises BadIdiom."""
    shape = shapes()[skeleton.shape]
    names = tuple(rng.choice(parameter.names) for parameter in shape.parameters)
    making = _Making(rng, names)
    made = [making.add(stage) for stage in skeleton.stages]
    stages = tuple(function for function, _ in made)
    sentences = tuple(Sentence(stage.idiom.role, text) for stage, (_, text) in zip(skeleton.stages, made, strict=True))
    kinds = tuple(parse(parameter.kind) for parameter in shape.parameters)
    name = f"{rng.choice(VERBS)}_{rng.choice(THINGS)}"
    entry = _entry(name, tuple(zip(names, kinds, strict=True)), stages)
    program = tree.pruned(tree.Program((*making.functions.values(), entry)))
    return Realised(skeleton, program, stages, sentences, tuple(making.notes), tuple(sorted(making.constants)))


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
        found[f"{name}+"] = re.sub(r"are an? (.*number)$", r"are \1s", many)
    return found


def _apart(text: str) -> str:
    """In square brackets, unless it is plain what belongs to it."""
    return f"[{text}]" if re.search(r"[;:,]", text) else text


def _put(template: str, words: Mapping[str, str]) -> str:
    return GAP.sub(lambda found: words.get(found[1] + found[2], found[0]), template)


def plainer(text: str) -> str:
    """``text`` as one would write it who knew its constants from the start."""
    for pattern, better in PLAINER:
        text = re.sub(pattern, better, text)
    return text

"""Classes of the small language: objects keep what their methods did, alone, and in every language."""

import random
import re

import pytest

from evaluator.graders.types import parse
from validator.errors import BadIdiom
from validator.problems.synthesis import targets
from validator.problems.synthesis.catalogue import Idiom, load
from validator.problems.synthesis.commanding import dispatch, drawn, edges, forms, lines, written
from validator.problems.synthesis.composing import Skeleton, fill
from validator.problems.synthesis.emitting.naming import prefix, spelt
from validator.problems.synthesis.emitting.printer import emit
from validator.problems.synthesis.evaluating import Evaluator
from validator.problems.synthesis.inputs import shapes
from validator.problems.synthesis.reading import read
from validator.problems.synthesis.realising import Realised, realise
from validator.problems.synthesis.tree import Function, Program, renamed

PILE = """
class Pile:
    items: list[int] = []
    total = k

    def put(self, number: int) -> int:
        self.items.append(number)
        self.total += number
        return self.total

    def size(self) -> int:
        return len(self.items)
"""
CLASSES = [idiom for idiom in load() if idiom.commands]
READERS = [idiom for idiom in load() if idiom.reads]


def function(code: str) -> Function:
    return read("solve", [("xs", parse("list[int]"))], parse("list[int]"), PILE + code, {"k": 5}, {})


def of_commands(idiom: Idiom) -> Realised:
    """A problem with just that class."""
    block = fill(random.Random(1), idiom, (), 6)
    assert block is not None
    return realise(Skeleton(idiom.shape, (block,)), random.Random(2))


def test_an_object_keeps_what_its_methods_did() -> None:
    loop = "for x in xs:\n    made.append(pile.put(x))\nmade.append(pile.size())\n"
    code = f"pile = Pile()\nmade: list[int] = []\n{loop}return made"
    evaluate = Evaluator(Program((function(code),)))
    assert evaluate([1, 2, 3]) == [6, 8, 11, 3]
    assert evaluate([4]) == [9, 1], "a call must not see the objects of the one before"


def test_objects_of_a_class_are_apart() -> None:
    twice = "found = one.put(xs[0]) + one.put(xs[0])\n"
    code = f"one = Pile()\nother = Pile()\n{twice}return [found, other.put(1), one.size(), other.size()]"
    assert Evaluator(Program((function(code),)))([7]) == [31, 6, 2, 1]


NONSENSE = {
    "Pile has no such method": "pile = Pile()\nreturn [pile.shout()]",
    "no such method": 'pile = Pile()\nreturn [pile.put("a")]',
    "no Pile of": "return [Pile().size()]",
}


@pytest.mark.parametrize("why", NONSENSE)
def test_nonsense_with_objects_is_told(why: str) -> None:
    with pytest.raises(BadIdiom, match=f"solve: .*{why}"):
        function(NONSENSE[why])


def test_a_field_that_a_class_lacks_is_told() -> None:
    code = "class Cup:\n    level = 0\n\n    def fill(self) -> int:\n        self.height = 1\n        return 1\n"
    with pytest.raises(BadIdiom, match="there is no field height"):
        read("solve", [], parse("int"), f"{code}cup = Cup()\nreturn cup.fill()", {}, {})


def test_renaming_reaches_classes_and_what_makes_objects_of_them() -> None:
    whole = renamed(function("pile = Pile()\nreturn [pile.put(xs[0])]"), "_7")
    assert [made_of.name for made_of in whole.classes] == ["Pile_7"]
    assert Evaluator(Program((whole,)))([1]) == [6]
    assert "Pile()" not in emit(Program((whole,)), "python")


def test_a_class_of_two_words_is_a_prefix_with_underscores() -> None:
    assert (prefix("RingBuffer"), prefix("Line")) == ("ring_buffer_", "line_")


def test_two_blocks_with_a_class_of_the_same_name_do_not_share_it() -> None:
    machines = [one for one in load() if one.name in ("machine_of_numbers", "machine_filter")]
    blocks = [fill(random.Random(1), one, (), 2) for one in machines]
    both = realise(Skeleton("ints", tuple(block for block in blocks if block)), random.Random(3))
    names = [made_of.name for stage in both.stages for made_of in stage.classes]
    assert names == ["Machine", "Machine2"]
    assert len(Evaluator(both.program)([1, 2, 3, 40, 5])) > 0


def test_there_are_at_least_12_classes() -> None:
    assert len(CLASSES) >= 12


@pytest.mark.parametrize("idiom", CLASSES, ids=lambda idiom: idiom.name)
def test_the_methods_of_a_class_are_its_commands(idiom: Idiom) -> None:
    commands = shapes()[idiom.shape].commands
    methods = re.findall(r"def (\w+)\(self(.*)\) ->", idiom.code)
    assert {name for name, _ in methods} == set(commands)
    assert {name for name, takes in methods if takes} == {name for name, low_high in commands.items() if any(low_high)}
    assert {name for name in commands if not any(f"`{name}`" in rule for rule in idiom.rules)} == set()


@pytest.mark.parametrize("language", targets())
def test_every_reference_has_a_class_with_methods(language: str) -> None:
    for idiom in CLASSES:
        realised = of_commands(idiom)
        code = emit(realised.program, language)
        (made_of,) = realised.stages[-1].classes
        assert re.search(rf"(class|struct|type) {made_of.name}\b|\}} {made_of.name};", code), code
        for method in made_of.methods:
            own = prefix(made_of.name) if language == "c" else ""
            assert re.search(rf"\b{own}{spelt(language, method.name)}\(", code), (idiom.name, method.name)


@pytest.mark.parametrize("reader", READERS, ids=lambda idiom: idiom.name)
def test_a_reader_takes_apart_what_was_written(reader: Idiom) -> None:
    block = fill(random.Random(1), reader, (), 2)
    assert block is not None
    evaluate = Evaluator(realise(Skeleton(reader.shape, (block,)), random.Random(2)).program)
    commands = shapes()[reader.shape].commands
    for seed in range(30):
        given = drawn(commands, random.Random(seed), (3, 7))
        assert evaluate(written(reader.reads, commands, given)) == given


@pytest.mark.parametrize("idiom", CLASSES, ids=lambda idiom: idiom.name)
def test_commands_have_results_of_many_sorts(idiom: Idiom) -> None:
    evaluate = Evaluator(of_commands(idiom).program)
    commands = shapes()[idiom.shape].commands
    given = [drawn(commands, random.Random(seed), (3, 7)) for seed in range(40)]
    results = [evaluate(one) for one in given]
    assert [len(result) for result in results] == [len(one) for one in given]
    assert len({repr(result) for result in results}) > 20


def test_a_number_is_written_only_where_a_command_has_one() -> None:
    commands = {"push": (0, 9), "pop": (0, 0)}
    assert lines(commands, [("push", 0), ("pop", 0)]) == ["push 0", "pop"]
    assert written("_script", commands, [("push", 0), ("pop", 0)]) == "push 0; pop"


def test_edges_have_no_commands_each_alone_and_many() -> None:
    found = edges({"push": (1, 9), "pop": (0, 0)})
    assert [found[0], found[1], found[2], found[-1]] == [[], [("push", 1)], [("pop", 0)], [("push", 9)] * 12]


def test_what_is_said_of_commands_names_each_with_its_numbers() -> None:
    for form in forms("account", {"commands": {"deposit": (1, 60), "report": (0, 0)}}).values():
        (parameter,) = form["parameters"]
        assert "deposit" in parameter["says"]
        assert "from 1 to 60" in parameter["says"]
        assert '"report' in parameter["says"]


def test_dispatch_calls_the_method_that_is_named() -> None:
    assert dispatch(PILE).splitlines()[-8:] == [
        "pile = Pile()",
        "made: list[int] = []",
        "for name, number in xs:",
        '    if name == "put":',
        "        made.append(pile.put(number))",
        "    else:",
        "        made.append(pile.size())",
        "return made",
    ]

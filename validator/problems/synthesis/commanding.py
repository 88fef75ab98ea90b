"""Commands as input: a name and at most one number each, as pairs, as lines, or written as one text."""

import random
import re
from collections.abc import Mapping
from typing import Any

MOST = 12
"""Commands in one input."""
Range = tuple[int, int]
Command = tuple[str, int]


def edges(commands: Mapping[str, Range]) -> list[list[Command]]:
    """None, each alone and three times with its least and greatest number, all in both orders, many of the first."""
    least = [(name, low) for name, (low, _) in commands.items()]
    most = [(name, high) for name, (_, high) in commands.items()]
    alone = [[one] * times for one, times in zip([*least, *most], [1] * len(least) + [3] * len(most), strict=True)]
    return [[], *alone, most, least[::-1], most[:1] * MOST]


def drawn(commands: Mapping[str, Range], rng: random.Random, constants: tuple[int, ...]) -> list[Command]:
    """A few commands, the first of them more often than the others, with numbers some of which lie at the constants."""
    names = list(commands)
    favoured = [*names, *names[: 1 + len(names) // 2]]
    found = []
    for _ in range(rng.choice((1, 2, 3, *range(3, MOST + 1)))):
        name = rng.choice(favoured)
        low, high = commands[name]
        near = [value + step for value in constants for step in (-1, 0, 1) if low <= value + step <= high]
        found.append((name, rng.choice(near) if near and rng.random() < 0.3 else rng.randint(low, high)))
    return found


def lines(commands: Mapping[str, Range], given: list[Command]) -> list[str]:
    """Each as a line: its name, and its number after a space if it ever has one."""
    return [f"{name} {number}" if any(commands[name]) else name for name, number in given]


def forms(name: str, table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The three shapes of input that ``table`` with its commands stands for, by their names."""
    commands: Mapping[str, Range] = table["commands"]
    names = table.get("names", ["commands", "requests"])
    rest = {key: value for key, value in table.items() if key != "names"}
    pairs = edges(commands)
    written = [lines(commands, given) for given in pairs]
    texts: dict[str, tuple[str, list[Any], str]] = {
        "": ("list[tuple[string, int]]", [[[*one] for one in given] for given in pairs], _said_of_pairs(commands)),
        "_lines": ("list[string]", written, _said_of_lines(commands)),
        "_script": ("string", ["; ".join(one) for one in written], _said_of_script(commands)),
    }
    return {
        name + form: {
            **rest,
            "name": name + form,
            "form": form,
            "edges": [[given] for given in unique(given)],
            "parameters": [{"kind": kind, "names": names, "says": says}],
        }
        for form, (kind, given, says) in texts.items()
    }


def unique(given: list[Any]) -> list[Any]:
    """Each once, in their order."""
    return list({repr(one): one for one in given}.values())


def written(form: str, commands: Mapping[str, Range], given: list[Command]) -> Any:
    """Commands in one of the three forms."""
    match form:
        case "_lines":
            return lines(commands, given)
        case "_script":
            return "; ".join(lines(commands, given))
    return given


def dispatch(code: str) -> str:
    """``code``, which is one class, and after it what makes an object and gives it the commands ``xs``."""
    (made_of,) = re.findall(r"^class (\w+):", code, re.MULTILINE)
    methods = re.findall(r"def (\w+)\(self(, )?.*\) -> (\w+):", code)
    target = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", made_of).lower()
    loop = [f"{target} = {made_of}()", f"made: list[{methods[0][2]}] = []", "for name, number in xs:"]
    for n, (method, takes, _) in enumerate(methods):
        last = n + 1 == len(methods)
        loop.append("    else:" if last else f'    {"elif" if n else "if"} name == "{method}":')
        loop.append(f"        made.append({target}.{method}({'number' if takes else ''}))")
    return "\n".join([code.rstrip(), *loop, "return made"]) + "\n"


def _said_of_pairs(commands: Mapping[str, Range]) -> str:
    known = [
        f'("{name}", n) with n from {low} to {high}' if any((low, high)) else f'("{name}", 0)'
        for name, (low, high) in commands.items()
    ]
    return f"a list of 0 to {MOST} commands, each a pair of a name and an integer: {_either(known)}"


def _said_of_lines(commands: Mapping[str, Range]) -> str:
    return f"a list of 0 to {MOST} commands, each a string: {_either(_spelt(commands))}"


def _said_of_script(commands: Mapping[str, Range]) -> str:
    example = "; ".join(lines(commands, [(name, high) for name, (_, high) in commands.items()][:2]))
    said = f"a string of 0 to {MOST} commands with a semicolon and a space between them, such as {example!r}"
    return f"{said.replace(chr(39), chr(34))}; a command is {_either(_spelt(commands))}"


def _spelt(commands: Mapping[str, Range]) -> list[str]:
    return [
        f'"{name} n" with an integer n from {low} to {high}' if any((low, high)) else f'"{name}"'
        for name, (low, high) in commands.items()
    ]


def _either(known: list[str]) -> str:
    return f"{', '.join(known[:-1])} or {known[-1]}"

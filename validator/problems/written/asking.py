"""What models are asked, and the problem in what one of them says."""

import json

from pydantic import ValidationError

from evaluator.asking import ask
from evaluator.extraction.markdown import fenced_blocks
from evaluator.protocol import Problem
from validator.problems.written.protocol import FEWEST_INPUTS, Reason, Refusal, Written

LONGEST_ANSWER = 128 * 1024
THEMES = (
    "time tables and calendars", "parsing a small text format", "games on a grid", "stock keeping",
    "text editing commands", "simple encodings", "scheduling with intervals", "scores and rankings", "bank accounts",
    "routes between places", "recipes and units", "library loans", "number patterns", "log files", "voting",
    "traffic lights and queues",
)  # fmt: skip
TASK = """\
Make up a programming problem about {theme}, of a kind that you have not seen before (number {number}). It asks for one
function without side effects. Somebody who knows Python must be able to solve it from your statement alone, so say
exactly what happens in every case that an input can bring: empty lists, ties, limits, rounding.

Answer with one JSON object and nothing else. Its fields:
- "statement": the problem in English, {least} characters or more, without the solution;
- "function": the name of the function;
- "parameters": a list of {{"name": ..., "type": ...}};
- "result": the type of the result;
- "reference": Python code that defines the function;
- "inputs": at least {inputs} different lists of arguments, edge cases among them, as JSON.
Types are int, float, bool, string, list[T], tuple[A, B], optional[T] and map[K, V] of such types. In inputs, a tuple is
a JSON list, a map is a list of pairs, an absent optional is null.
"""


def writing(number: int) -> str:
    """The message that asks for a problem."""
    theme = THEMES[number % len(THEMES)]
    return TASK.format(theme=theme, number=number, least=200, inputs=FEWEST_INPUTS + 6)


def solving(problem: Problem) -> str:
    """The message that asks for a solution: it shows the statement, and nothing that is known besides."""
    return ask(problem)


def understood(answer: str) -> Written | Refusal:
    """The problem in a model's answer: a JSON object, in a fence or bare. What is hostile in it stays text."""
    if len(answer) > LONGEST_ANSWER:
        return Refusal(Reason.MALFORMED, f"an answer of {len(answer)} characters; at most {LONGEST_ANSWER} are read")
    blocks = fenced_blocks(answer)
    text = blocks[-1].code if blocks else answer
    try:
        return Written.model_validate(json.loads(text, parse_constant=_refused))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        return Refusal(Reason.MALFORMED, f"{place}: {fault['msg']}" if place else fault["msg"])
    except (ValueError, RecursionError) as error:
        return Refusal(Reason.MALFORMED, f"not JSON: {error}"[:200])


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")

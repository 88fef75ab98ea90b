"""A process that makes problems: recipes come in on standard input, what was made of them goes out on standard output.

It ends when its standard input does, so it never outlives the process that it works for.
"""

import pickle
import sys
from typing import BinaryIO

from validator.errors import ValidatorError
from validator.problems.kinds import make
from validator.problems.protocol import Made, Recipe

LENGTH_BYTES = 8


def work(asked: BinaryIO, answers: BinaryIO) -> None:
    """A line of the variant in hexadecimal digits, a blank and the recipe; a length and the pickled answer."""
    for line in asked:
        variant, _, recipe = line.decode().partition(" ")
        answer = pickle.dumps(_made(Recipe.model_validate_json(recipe), bytes.fromhex(variant)))
        answers.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        answers.flush()


def _made(recipe: Recipe, variant: bytes) -> Made | ValidatorError:
    try:
        return make(recipe, variant)
    except ValidatorError as error:
        return error


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)

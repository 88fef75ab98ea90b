"""What slips there are, what kind of bug each is, and how the kinds are told to whoever looks for one."""

from collections.abc import Mapping
from enum import StrEnum

from validator.problems.mutation.rules import Bug


class Operator(StrEnum):
    """One way to be wrong; named as in ``mutation`` where that has it too."""

    ACCUMULATOR = "accumulator"
    """``total += x`` has become ``total = x``."""
    ARITHMETIC = "arithmetic"
    BOUNDARY = "boundary"
    """``<`` has become ``<=``, or the like."""
    BREAK_CONTINUE = "break_continue"
    COMPARISON = "comparison"
    CONNECTIVE = "connective"
    CONSTANT = "constant"
    DROPPED_BRANCH = "dropped_branch"
    DROPPED_ELSE = "dropped_else"
    DROPPED_JUMP = "dropped_jump"
    DROPPED_STATEMENT = "dropped_statement"
    DROPPED_UNARY = "dropped_unary"
    EARLY_RETURN = "early_return"
    """What is returned after a loop is returned at the end of its first turn."""
    INDEX = "index"
    INITIAL_VALUE = "initial_value"
    NEGATED_CONDITION = "negated_condition"
    OPERAND_SWAP = "operand_swap"
    RANGE_BOUND = "range_bound"
    RESULT = "result"
    SIBLING_CALL = "sibling_call"
    SLICE_BOUND = "slice_bound"
    SWAPPED_ARGUMENTS = "swapped_arguments"
    TEXT = "text"
    WRONG_VARIABLE = "wrong_variable"


Of, B = Operator, Bug
BUGS: Mapping[Operator, tuple[Bug, ...]] = {
    Of.ACCUMULATOR: (B.ARITHMETIC, B.MISSING),
    Of.ARITHMETIC: (B.ARITHMETIC,),
    Of.BOUNDARY: (B.BOUNDARY, B.COMPARISON),
    Of.BREAK_CONTINUE: (B.CONTROL_FLOW,),
    Of.COMPARISON: (B.COMPARISON, B.CONDITION),
    Of.CONNECTIVE: (B.CONDITION,),
    Of.CONSTANT: (B.CONSTANT, B.BOUNDARY),
    Of.DROPPED_BRANCH: (B.MISSING, B.CONTROL_FLOW),
    Of.DROPPED_ELSE: (B.MISSING,),
    Of.DROPPED_JUMP: (B.CONTROL_FLOW, B.MISSING),
    Of.DROPPED_STATEMENT: (B.MISSING,),
    Of.DROPPED_UNARY: (B.CONDITION, B.MISSING),
    Of.EARLY_RETURN: (B.CONTROL_FLOW,),
    Of.INDEX: (B.BOUNDARY, B.CONSTANT),
    Of.INITIAL_VALUE: (B.INITIAL_VALUE, B.CONSTANT),
    Of.NEGATED_CONDITION: (B.CONDITION, B.COMPARISON),
    Of.OPERAND_SWAP: (B.ARGUMENTS, B.ARITHMETIC),
    Of.RANGE_BOUND: (B.BOUNDARY, B.CONSTANT),
    Of.RESULT: (B.RESULT, B.BOUNDARY),
    Of.SIBLING_CALL: (B.CALL,),
    Of.SLICE_BOUND: (B.BOUNDARY, B.CONSTANT),
    Of.SWAPPED_ARGUMENTS: (B.ARGUMENTS,),
    Of.TEXT: (B.CONSTANT,),
    Of.WRONG_VARIABLE: (B.VARIABLE,),
}
"""The kind that each is, and what else a careful reader may call it."""

WORDS: Mapping[Bug, str] = {
    B.ARGUMENTS: "arguments or operands in the wrong order",
    B.ARITHMETIC: "a wrong arithmetic operator, or `=` where `+=` or the like belongs",
    B.BOUNDARY: "off by one: `<` where `<=` belongs or the other way round, an index or a bound 1 too high or low",
    B.CALL: "a related function or operation in the place of the right one, such as the smallest for the greatest",
    B.COMPARISON: "a wrong comparison, such as `<` where `>` belongs or `==` where `!=` belongs",
    B.CONDITION: "a condition that is negated, or put together with `and` where `or` belongs or the other way round",
    B.CONSTANT: "a wrong number or string written down in an expression",
    B.CONTROL_FLOW: "a loop or a function that is left too early, too late or in the wrong way",
    B.INITIAL_VALUE: "a variable that starts with the wrong value",
    B.MISSING: "a statement, a branch or a guard that is missing",
    B.RESULT: "a wrong value returned, though it was computed rightly",
    B.VARIABLE: "another variable than the one that is meant",
}
"""For a list of kinds in a statement."""

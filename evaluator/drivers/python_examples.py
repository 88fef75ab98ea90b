"""Calls functions of ours with the arguments of a docstring's examples, and says which of the copies differ.

Everything that runs here is trusted: the function, its copies with a mistake each; the arguments are plain data. What
arguments may do is make it slow, or large: each call has an allowance of processor time, and all of them one of memory.
"""

import json
import marshal
import resource
import signal
import types

ORIGINAL_SECONDS, COPY_SECONDS = 0.2, 1.0
"""Of a call. A copy has five times as much: that it takes a little longer is no difference."""
SPARE_BYTES = 192 * 1024 * 1024
LONGEST = 16_384


class TooSlow(BaseException):
    """The allowance of one call is spent."""


def examine(sources: list[str], entry: str, calls: list[bytes]) -> None:
    """Write to the file ``result`` what the first source gives for each call, and which call tells each other one.

    A call is its arguments in marshal's form. What came of it is ``["returned", repr]``, ``["raised", name, message]``,
    or, where only a limit of ours ended it, ``["ended", why]``.
    """
    signal.signal(signal.SIGVTALRM, _spent)
    _bound_memory()
    original = _defined(sources[0], entry)
    outcomes = [_outcome(original, call, ORIGINAL_SECONDS) for call in calls]
    told = [_first(_defined(source, entry), calls, outcomes) for source in sources[1:]]
    with open("result", "w") as file:
        json.dump({"outcomes": outcomes, "told": told}, file)


def _defined(source: str, entry: str) -> types.FunctionType:
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102  the sources are the problem's
    found = names[entry]
    assert isinstance(found, types.FunctionType)
    return found


def _first(copy: types.FunctionType, calls: list[bytes], outcomes: list[list[str]]) -> int | None:
    """The first call for which ``copy`` does something else."""
    for number, (call, outcome) in enumerate(zip(calls, outcomes, strict=True)):
        if _outcome(copy, call, COPY_SECONDS) != outcome:
            return number
    return None


def _outcome(function: types.FunctionType, call: bytes, seconds: float) -> list[str]:
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        text = repr(function(*marshal.loads(call)))  # noqa: S302  the host wrote it
    except TooSlow:
        return ["ended", f"without a result in {seconds} s of processor time"]
    except (MemoryError, RecursionError) as error:
        return ["ended", f"in a {type(error).__name__}"]
    except Exception as error:  # noqa: BLE001  whatever it raises is what the example is about
        return ["raised", type(error).__name__, str(error)[:LONGEST]]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ["returned", text] if len(text) <= LONGEST else ["ended", f"in a result of {len(text)} characters"]


def _spent(number: int, frame: object) -> None:
    raise TooSlow


def _bound_memory() -> None:
    """Have too large a value be a MemoryError of one call rather than the end of them all."""
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + SPARE_BYTES, held + SPARE_BYTES))

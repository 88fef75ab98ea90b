"""What an agent said of a step, in the protocol's words: pure, and no more than the guest can be believed."""

import os
import signal
from dataclasses import dataclass
from typing import Any

from sandbox import replies
from sandbox.protocol import Ended, Limits, Outcome, Peak, Run, Step

_LIMITS = {
    "cpu": Ended.CPU_LIMIT,
    "wall": Ended.WALL_LIMIT,
    "memory": Ended.MEMORY_LIMIT,
    "output": Ended.OUTPUT_LIMIT,
    "processes": Ended.PROCESS_LIMIT,
    "disk": Ended.DISK_LIMIT,
}


@dataclass(frozen=True, slots=True)
class Said:
    """The ``done`` facts, what each part wrote (stdout and stderr in turn), and the collected files."""

    facts: replies.Facts
    streams: list[bytes]
    files: list[bytes]


def lost_step(ended: Ended, wall_seconds: float, peak_memory_bytes: int) -> Step:
    """A step that took its container with it: what the agent would have told is lost."""
    return Step(
        ended=ended,
        signal="SIGKILL",
        cpu_seconds=0.0,
        wall_seconds=wall_seconds,
        peak_memory_bytes=peak_memory_bytes,
        peak=Peak.SAMPLED,
    )


def step_of(said: Said, limits: Limits, run: Run) -> Step:
    """The agent's facts in the protocol's words. The first part's ending is the step's."""
    facts = said.facts
    peak, exact = facts.peak_bytes, facts.exact
    limit = _LIMITS[facts.limit] if facts.limit else None
    if limit is None and not facts.counted and facts.cpu_seconds > limits.cpu_seconds:
        limit = Ended.CPU_LIMIT  # the agent could not see it: all that stood inside was each process's own limit
    if limit is None and exact and peak > limits.memory_bytes:
        limit = Ended.MEMORY_LIMIT
    if limit is Ended.MEMORY_LIMIT:
        peak = max(peak, limits.memory_bytes)  # file pages that made room for it are not in the kernel's mark
    outcomes = [
        _outcome(status, said.streams[2 * number : 2 * number + 2], dropped)
        for number, (status, dropped) in enumerate(zip(facts.statuses, facts.dropped, strict=True))
    ]
    if limit is not None:
        outcomes[0] |= {"ended": limit, "exit_code": None}
    return Step(
        **outcomes[0],
        cpu_seconds=facts.cpu_seconds,
        wall_seconds=facts.wall_seconds,
        peak_memory_bytes=peak,
        peak=Peak.EXACT if exact else Peak.SAMPLED,
        companion=Outcome(**outcomes[1]) if len(outcomes) > 1 else None,
        files=dict(zip((name for name in run.collect if name not in facts.refused), said.files, strict=True)),
        files_refused=facts.refused,
    )


def _outcome(status: int, streams: list[bytes], dropped: list[int]) -> dict[str, Any]:
    """The fields of an Outcome."""
    code = os.waitstatus_to_exitcode(status)
    return {
        "ended": Ended.EXITED if code >= 0 else Ended.SIGNALLED,
        "exit_code": code if code >= 0 else None,
        "signal": _signal_name(-code) if code < 0 else None,
        "stdout": streams[0],
        "stderr": streams[1],
        "stdout_dropped": dropped[0],
        "stderr_dropped": dropped[1],
    }


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # the real-time signals between the first and the last have no names of their own
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"

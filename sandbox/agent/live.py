"""The output of a step that somebody watches: forwarded while it is written, in the order in which it came."""

from .process import Process
from .resident import Answer
from .streams import Output

LIVE_SECONDS = 0.02
"""How often a live step's output is forwarded: a program that writes byte by byte does not cost a frame a byte."""

MOST_TURNS = 32
"""How often in that time one stream is forwarded because another one wrote after it, so that they stay in order."""


class Live:
    """Forwards what the processes of one step write, if the host asked for that."""

    def __init__(self, processes: list[Process], *, asked: bool) -> None:
        self._processes = processes
        self._asked = asked
        self._forwarded = 0.0
        self._turns = 0

    def wait(self, now: float, seconds: float) -> float:
        """Forward what was drained if that is due; in how many ``seconds`` at most to look again."""
        if not self._asked:
            return seconds
        outputs = [output for process in self._processes for output in process.outputs if output.tail]
        if not outputs:
            return seconds
        left = self._forwarded + LIVE_SECONDS - now
        if left > 0:
            return min(seconds, left)
        for output in outputs:
            output.flush()
        self._forwarded, self._turns = now, 0
        return seconds

    def before(self, output: Output | Answer) -> None:
        """Forward what the other streams hold: it came before what ``output`` is about to bring."""
        if not self._asked:
            return
        for other in (other for process in self._processes for other in process.outputs):
            if other is not output and other.tail and self._turns < MOST_TURNS:
                self._turns += 1
                other.flush()

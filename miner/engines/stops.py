"""The text of an answer as it becomes certain: no half characters, nothing that a stop text may yet cut off."""

from collections.abc import Sequence


class Speech:
    """What was said so far of one answer; it ends before the first of ``stops``."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._said = 0

    def heard(self, text: str, *, last: bool) -> tuple[str, bool]:
        """Of ``text``, all that there is so far, what is new and certain; and whether a stop text has ended it."""
        ends = [found for stop in self._stops if (found := text.find(stop)) >= 0]
        if ends:
            until = min(ends)
        elif last:
            until = len(text)
        else:
            until = len(text.rstrip("\ufffd")) - self._held(text)
        new = text[self._said : until]
        self._said = max(until, self._said)
        return new, bool(ends)

    def _held(self, text: str) -> int:
        """How many characters at the end may be the beginning of a stop text."""
        return max(
            (size for stop in self._stops for size in range(1, len(stop)) if text.endswith(stop[:size])), default=0
        )

"""Structured logs: one JSON object a line on standard error, and one line a verdict. Never code, never keys."""

import json
import logging
import sys
import time

FIELDS = "fields"
_log = logging.getLogger("evaluator.daemon")


class _Lines(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """One object: what is common to all lines, then the event's own."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line = {"time": moment, "level": record.levelname.lower(), "process": self._process,
                "event": record.getMessage(), **getattr(record, FIELDS, {})}  # fmt: skip
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def begin(process: str) -> None:
    """Log whatever happens in this process, which calls itself ``process``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(process))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _log.setLevel(logging.INFO)


def tell(event: str, level: int = logging.INFO, **fields: object) -> None:
    """One line."""
    _log.log(level, event, extra={FIELDS: fields})

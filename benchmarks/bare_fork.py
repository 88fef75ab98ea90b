"""The floor, to be run as a program in a lease: fork a warm interpreter for each program, and do nothing else.

Standard input is ``{"warm": [modules], "source": text, "count": n}``; standard output, the seconds of each.
It imports nothing of ours: the container does not have it.
"""

import gc
import json
import os
import sys
import time
from importlib import import_module


def once(source: str) -> float:
    """Seconds from before the fork until the child is buried."""
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            exec(compile(source, "main.py", "exec"), {"__name__": "__main__"})  # noqa: S102  it is what is measured
            sys.stdout.flush()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - began
    if status:
        sys.exit(f"the child ended with {status}")
    return took


def main() -> None:
    """Serve the one order."""
    order = json.load(sys.stdin)
    for name in order["warm"]:
        import_module(name)
    answers = os.dup(1)
    nothing = os.open("/dev/null", os.O_WRONLY)
    os.dup2(nothing, 1)
    gc.collect()
    gc.freeze()
    took = [once(order["source"]) for _ in range(order["count"])]
    os.write(answers, json.dumps(took).encode())


if __name__ == "__main__":
    main()

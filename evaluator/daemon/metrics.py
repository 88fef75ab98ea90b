"""What the daemon tells Prometheus. Labels are closed sets; what grows for ever is counted in the database."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from evaluator.daemon.records import Condition


class Metrics:
    """One HTTP process's own numbers; the rest is the database's."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "lovelace_evaluator_requests", "HTTP requests by outcome.", ["status"], registry=self._registry
        )

    def answered(self, status: int) -> None:
        """A request was answered."""
        self._answers.labels(str(status)).inc()

    def text(self, condition: Condition) -> bytes:
        """All of it, in Prometheus's text format."""
        registry = CollectorRegistry()
        registry.register(_Once(condition))
        return generate_latest(self._registry) + generate_latest(registry)


class _Once:
    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    def collect(self) -> Iterator[Metric]:
        """What Prometheus asks a collector."""
        now = self._condition
        waiting = GaugeMetricFamily("lovelace_evaluator_waiting", "Evaluations that wait.", labels=["lane"])
        for lane, number in now.waiting.items():
            waiting.add_metric([lane], number)
        yield waiting
        yield GaugeMetricFamily("lovelace_evaluator_running", "Evaluations that workers have.", value=now.running)
        yield GaugeMetricFamily(
            "lovelace_evaluator_oldest_seconds", "How long the longest waits.", value=now.oldest_seconds
        )
        troubled = sum(worker.trouble is not None for worker in now.workers)
        workers = GaugeMetricFamily("lovelace_evaluator_workers", "Worker processes.", labels=["state"])
        workers.add_metric(["ready"], len(now.workers) - troubled)
        workers.add_metric(["troubled"], troubled)
        yield workers
        outcomes = CounterMetricFamily("lovelace_evaluator_outcomes", "Evaluations by outcome.", labels=["outcome"])
        for name, number in now.outcomes.items():
            outcomes.add_metric([name], number)
        yield outcomes
        faults = CounterMetricFamily("lovelace_evaluator_faults", "Failures of ours.", labels=["code"])
        for name, number in now.faults.items():
            faults.add_metric([name], number)
        yield faults

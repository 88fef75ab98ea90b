"""What the server tells Prometheus. Labels are closed sets: no tenant, no key, no address, no path."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from sandbox.protocol import Ended, Execution

if TYPE_CHECKING:
    from sandbox.server.running import Service

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
WAITING_SECONDS = (0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 20, 30, 60)
NO_RUN = "did_not_compile"


class Metrics:
    """One server's numbers; beside each other in one process, servers have their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "lovelace_sandbox_requests", "HTTP requests by outcome.", ["status"], registry=self._registry
        )
        self._refusals = Counter(
            "lovelace_sandbox_refusals", "Programs that were not run, by the reason's code.", ["code"],
            registry=self._registry,
        )  # fmt: skip
        self._executions = Counter(
            "lovelace_sandbox_executions", "Programs by how their last step ended.", ["ended"], registry=self._registry
        )
        self._waiting = Histogram(
            "lovelace_sandbox_waiting_seconds", "Time in the queue.", buckets=WAITING_SECONDS, registry=self._registry
        )
        self._queue = Gauge("lovelace_sandbox_queue_length", "Programs that wait.", registry=self._registry)
        self._slots = Gauge("lovelace_sandbox_slots", "Programs that may be at work at once.", registry=self._registry)
        self._containers = Gauge(
            "lovelace_sandbox_containers", "Containers: warm (nobody's yet), leased (at work), idle (a tenant's).",
            ["state"], registry=self._registry,
        )  # fmt: skip
        for ended in (*Ended, NO_RUN):
            self._executions.labels(ended)

    def answered(self, status: int) -> None:
        """A request was answered."""
        self._answers.labels(str(status)).inc()

    def refused(self, code: str) -> None:
        """A program was not run."""
        self._refusals.labels(code).inc()

    def waited(self, seconds: float) -> None:
        """A program's turn came."""
        self._waiting.observe(seconds)

    def executed(self, execution: Execution) -> None:
        """A program was run."""
        self._executions.labels(execution.runs[-1].ended if execution.runs else NO_RUN).inc()

    def text(self, service: "Service") -> bytes:
        """All of it, in Prometheus's text format."""
        self._queue.set(service.queue.waiting)
        self._slots.set(service.pool.slots)
        self._containers.labels("warm").set(service.pool.warm)
        self._containers.labels("leased").set(service.queue.at_work)
        self._containers.labels("idle").set(service.leases.idle)
        return generate_latest(self._registry)

"""Whether the process is up (``/healthz``), whether evaluations are judged (``/readyz``), and ``/metrics``."""

from fastapi import APIRouter, Request, Response

from evaluator.daemon.errors import DatabaseUnavailable, WrongDatabase
from evaluator.daemon.records import Condition
from evaluator.daemon.service import service
from sandbox.server.health import Health

router = APIRouter()


@router.get("/healthz")
async def health() -> Health:
    """The process is up."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health}})
async def readiness(request: Request, response: Response) -> Health:
    """The database answers, and a worker lives that has no trouble."""
    found = service(request)
    try:
        reasons = shortages(await found.condition(), found.settings.lease_seconds)
    except (DatabaseUnavailable, WrongDatabase):
        reasons = ("the database does not answer",)
    if reasons:
        response.status_code = 503
    return Health(status="not ready" if reasons else "ready", reasons=reasons)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """The daemon's numbers, for Prometheus; for whoever has a key, and this machine's own user."""
    found = service(request)
    return Response(found.metrics.text(await found.condition()), media_type="text/plain; version=0.0.4")


def shortages(condition: Condition, lease_seconds: float) -> tuple[str, ...]:
    """Why nothing would be judged now."""
    lively = [worker for worker in condition.workers if worker.silent_seconds < lease_seconds]
    if not lively:
        return ("no worker was heard of lately",)
    if all(worker.trouble for worker in lively):
        return tuple(sorted({worker.trouble for worker in lively if worker.trouble}))
    return ()

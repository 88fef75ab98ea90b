"""The daemon over HTTP: submit, follow, cancel. It has no right to the Docker engine and runs nothing.

Every request passes the sandbox's gate (who asks, how long is it); the tenant that it finds is the submitter.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import Response

from evaluator.daemon import events, intake, page, probes, records
from evaluator.daemon.errors import DatabaseUnavailable, KeyTaken, NothingSuch, WrongDatabase
from evaluator.daemon.metrics import Metrics
from evaluator.daemon.protocol import Accepted, Evaluation, Outcomes, Progress, Submission
from evaluator.daemon.service import Service, service, submitter
from evaluator.daemon.settings import Settings
from evaluator.daemon.store import Database
from evaluator.errors import CannotFetch, EvaluatorError
from sandbox.errors import SandboxError
from sandbox.keys import Keys
from sandbox.protocol import Message
from sandbox.server import answers, bodies
from sandbox.server.access import Access
from sandbox.server.answers import Failure
from sandbox.server.bodies import Bodies
from sandbox.server.gate import Gate
from sandbox.server.openapi import body_of

JSON = "application/json"
CODES: dict[type[EvaluatorError], tuple[int, str]] = {
    NothingSuch: (404, "not_found"),
    KeyTaken: (409, "key_taken"),
    DatabaseUnavailable: (503, "database_unavailable"),
    WrongDatabase: (503, "wrong_database"),
    CannotFetch: (503, "benchmark_unavailable"),
}
PAGE = 1000
MOST_DETAILS = 100
router = APIRouter(prefix="/v1")


class Cancelled(Message):
    """How many were waited for, and no more are."""

    cancelled: int


class Details(Message):
    """Evaluations, in the order in which they were asked for."""

    evaluations: tuple[Evaluation, ...]


def app(settings: Settings, database: Database, keys: Keys, submitted: Callable[[], None]) -> FastAPI:
    """The application, on an open database of our version; ``submitted`` is called when there is something to do."""
    guarded, metrics = settings.guarded(), Metrics()
    application = FastAPI(title="Lovelace evaluator", version="1", docs_url=None, redoc_url=None)
    application.state.service = Service(settings, database, metrics, submitted)
    application.add_middleware(
        Gate, access=Access(guarded, keys), bodies=Bodies(guarded), metrics=metrics, open_to_all=_is_probe
    )
    application.add_exception_handler(SandboxError, _refuse)
    application.add_exception_handler(EvaluatorError, _refuse_ours)
    application.add_exception_handler(RequestValidationError, _refuse_malformed)
    for one in (router, events.router, probes.router, page.router):
        application.include_router(one)
    return application


def _is_probe(method: str, path: str) -> bool:
    return path in ("/healthz", "/readyz", "/openapi.json")


@router.post("/evaluations", status_code=202, responses={202: {"model": Accepted}, 409: {"model": Failure}},
             openapi_extra=body_of(["Submission"], {}))  # fmt: skip
async def submit(request: Request) -> Response:
    """Have completions judged: one or thousands, all of them or none. Sent again, it asks for nothing new."""
    found, who = service(request), submitter(request)
    body = await bodies.read(request)

    def accept() -> Accepted:
        try:
            submission = Submission.model_validate_json(body)
        except ValidationError as error:
            raise answers.malformed(error) from error
        return intake.accept(found.database, intake.prepare(who, submission), found.settings.queue)

    accepted = await asyncio.to_thread(accept)
    if accepted.new:
        found.submitted()
    return Response(accepted.model_dump_json(), 202, media_type=JSON)


@router.get("/batches/{batch}")
async def progress(batch: str, request: Request) -> Progress:
    """How far a batch is."""
    return await asyncio.to_thread(records.progress, service(request).database, submitter(request), batch)


@router.get("/batches/{batch}/outcomes")
async def outcomes(
    batch: str,
    request: Request,
    after: Annotated[int, Query(ge=0)] = 0,
    most: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> Response:
    """Outcomes in the order of their recording; the next ones are ``after`` the last one's number."""
    found: Outcomes = await asyncio.to_thread(
        records.outcomes, service(request).database, submitter(request), batch, after, most
    )
    return Response(found.model_dump_json(), media_type=JSON)


@router.delete("/batches/{batch}")
async def cancel_batch(batch: str, request: Request) -> Cancelled:
    """What has no outcome yet is CANCELLED; what runs is stopped within moments."""
    number = await asyncio.to_thread(records.cancel_batch, service(request).database, submitter(request), batch)
    return Cancelled(cancelled=number)


@router.get("/evaluations")
async def details(request: Request, id: Annotated[list[int], Query(max_length=MOST_DETAILS)]) -> Response:
    """All that is known of up to a hundred evaluations: ``?id=1&id=2``."""
    found = await asyncio.to_thread(records.evaluations, service(request).database, submitter(request), id)
    return Response(Details(evaluations=found).model_dump_json(), media_type=JSON)


@router.get("/evaluations/{evaluation}")
async def evaluation(evaluation: int, request: Request) -> Response:
    """All that is known of one: its outcome, the code that was cut out of the completion, the facts."""
    found = await asyncio.to_thread(records.evaluation, service(request).database, submitter(request), evaluation)
    return Response(found.model_dump_json(), media_type=JSON)


@router.delete("/evaluations/{evaluation}")
async def cancel(evaluation: int, request: Request) -> Cancelled:
    """As of a batch."""
    number = await asyncio.to_thread(records.cancel, service(request).database, submitter(request), evaluation)
    return Cancelled(cancelled=number)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, SandboxError)
    return answers.refusal(error)


async def _refuse_ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, EvaluatorError)
    status, code = CODES.get(type(error), (500, "internal"))
    headers = {"Retry-After": "5"} if status == 503 else None
    return Response(Failure(code=code, message=str(error)).model_dump_json(), status, headers, JSON)


async def _refuse_malformed(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answers.refusal(answers.malformed(error))

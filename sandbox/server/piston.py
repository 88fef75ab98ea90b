"""Piston's API: ``GET /api/v2/runtimes`` and ``POST /api/v2/execute``, for its clients, open-r1's among them.

Covered: its choice of a runtime, its limits, its messages, its words for how a step ended, open-r1's ``codeforces``.
Not covered: installing packages, the WebSocket, open-r1's ``cms_ioi``. The differences are in docs/design/service.md.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic_core import from_json

from sandbox.errors import BadRequest
from sandbox.protocol import Message
from sandbox.server import bodies, codeforces
from sandbox.server.piston_job import Job, job_of
from sandbox.server.piston_result import Result, result_of
from sandbox.server.running import run, service
from sandbox.server.runtimes import Runtime, installed


class Listed(Message):
    """One runtime."""

    language: str
    version: str
    aliases: tuple[str, ...]


router = APIRouter(prefix="/api/v2", tags=["Piston"])
EXAMPLE = {"language": "python", "version": "*", "files": [{"content": "print(input())"}], "stdin": "hello"}
BODY = {
    "schema": {"type": "object", "required": ["language", "version", "files"], "additionalProperties": True},
    "examples": {"one": {"summary": "One program", "value": EXAMPLE}},
}


@router.get("/runtimes")
async def list_runtimes(request: Request) -> tuple[Listed, ...]:
    """What ``execute`` runs, as Piston lists it."""
    return tuple(
        Listed(language=one.language, version=str(one.version), aliases=one.aliases) for one in await _runtimes(request)
    )


@router.post(
    "/execute",
    response_model=Result,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": BODY}}},
)
async def execute(request: Request) -> Response:
    """Compile and run one program, as Piston does."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return _refusal(415, "requests must be of type application/json")
    try:
        job = job_of(_parsed(await bodies.read(request)), await _runtimes(request), service(request).pool.maxima)
        result = await _carried_out(request, job)
    except BadRequest as error:
        return _refusal(400, str(error))
    return Response(result.to_json(), media_type="application/json")


async def _carried_out(request: Request, job: Job) -> Result:
    if codeforces.is_judged(job):
        return await codeforces.judge(job, lambda program: run(request, program))
    return result_of(job, await run(request, job.program()))


async def _runtimes(request: Request) -> tuple[Runtime, ...]:
    return installed((await service(request).versions()).items())


def _parsed(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(f"expected JSON: {error}") from error


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status)

"""What is said when a request is not carried out: one table of statuses; codes are the errors' own."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import Response

from sandbox import errors
from sandbox.errors import BadRequest, Overloaded, SandboxError
from sandbox.protocol import Message

STATUS: dict[type[SandboxError], int] = {
    errors.BadRequest: 400,
    errors.Unauthorized: 401,
    errors.BodyTooSlow: 408,
    errors.BodyTooLarge: 413,
    errors.TooLong: 422,
    errors.QueueFull: 429,
    errors.RateLimited: 429,
    errors.Stopped: 499,
    errors.ContainerLost: 502,
    errors.EngineUnavailable: 503,
    errors.ImageMissing: 503,
    errors.WaitedTooLong: 504,
}
UNAVAILABLE_SECONDS = 5
"""When to ask again while the engine is away."""


class Failure(Message):
    """Why a request was not carried out. ``code`` is for machines, ``message`` for people."""

    code: str
    message: str


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure, "description": ", ".join(kind.code for kind in STATUS if STATUS[kind] == status)}
    for status in sorted(set(STATUS.values()) - {499})
}
"""For the OpenAPI document."""


def status_of(error: SandboxError) -> int:
    """The HTTP status that says ``error``."""
    return STATUS.get(type(error), 500)


def failure(error: SandboxError) -> Failure:
    """``error``, as it goes over the wire."""
    return Failure(code=error.code, message=str(error))


def refusal(error: SandboxError) -> Response:
    """The whole answer."""
    status = status_of(error)
    response = Response(failure(error).model_dump_json(), status, media_type="application/json")
    if isinstance(error, Overloaded):
        response.headers["Retry-After"] = str(error.retry_after)
    elif status == 503:
        response.headers["Retry-After"] = str(UNAVAILABLE_SECONDS)
    elif status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def malformed(error: ValidationError | RequestValidationError) -> BadRequest:
    """What is wrong with a message, in one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return BadRequest(f"{where}: {first['msg']}" if where else first["msg"])

"""How a refusal looks on the wire: one table of codes, OpenAI's error body."""

from pydantic import ValidationError
from starlette.responses import Response

from miner.errors import Code, Refused
from miner.protocol import ErrorBody, ErrorResponse

_STATUS_AND_TYPE = {
    Code.BAD_REQUEST: (400, "invalid_request_error"),
    Code.UNAUTHENTICATED: (401, "authentication_error"),
    Code.NOT_REGISTERED: (403, "permission_error"),
    Code.NO_PERMIT: (403, "permission_error"),
    Code.NOT_FOUND: (404, "not_found_error"),
    Code.METHOD_NOT_ALLOWED: (405, "invalid_request_error"),
    Code.TOO_SLOW: (408, "invalid_request_error"),
    Code.TOO_LARGE: (413, "invalid_request_error"),
    Code.OVERLOADED: (429, "rate_limit_error"),
    Code.ENGINE_FAILED: (502, "server_error"),
    Code.CHAIN_UNREACHABLE: (503, "server_error"),
    Code.LOADING: (503, "server_error"),
}


def body_of(refused: Refused) -> ErrorResponse:
    """OpenAI's error body for it."""
    return ErrorResponse(
        error=ErrorBody(message=str(refused), type=_STATUS_AND_TYPE[refused.code][1], code=refused.code)
    )


def respond(refused: Refused) -> Response:
    """The answer that tells a caller ``refused``."""
    headers = {}
    if refused.code is Code.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "btauth/1"
    if refused.retry_after_seconds is not None:
        headers["Retry-After"] = str(refused.retry_after_seconds)
    status = _STATUS_AND_TYPE[refused.code][0]
    return Response(body_of(refused).model_dump_json(), status, headers, media_type="application/json")


def unreadable(error: ValidationError) -> Refused:
    """What is wrong with a request's body, field by field, at most five of them."""
    faults = (
        f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_context=False, include_input=False)[:5]
    )
    return Refused(Code.BAD_REQUEST, "; ".join(faults))

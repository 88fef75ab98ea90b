"""The page at ``/``: files that Vite built from ``sandbox/web``, and what they need to know of this server.

Covered: no script or style but ours runs on the page (a nonce for each answer is CodeMirror's only way to add styles),
nothing is asked of other hosts, and only ``?embed=1`` may be framed by other sites. Not covered: what a program writes
is shown as text by the page itself, see ``sandbox/web/src/ansi.ts``.
"""

import gzip
import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from sandbox.protocol import COMPILE_LIMITS, Limits, Message
from sandbox.server.judge import judge_of
from sandbox.server.running import service, tenant_of
from sandbox.server.tenant import Kind

DIST = Path(__file__).parents[1] / "web" / "dist"
NONCE = b"NONCE-OF-THIS-ANSWER"
"""What stands for the nonce in ``index.html``."""
FOR_EVER = "public, max-age=31536000, immutable"
"""Names under ``assets/`` hold a hash of what is in them."""
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {framed}; "
    "require-trusted-types-for 'script'"
)
NOT_BUILT = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Lovelace</title>
<h1>Lovelace sandbox</h1>
<p>The server runs; its web page is not built. With Node.js 20.19 or later, in a checkout of Lovelace:</p>
<pre>make page</pre>
<p>and start the server again. The HTTP interface is described by <a href="openapi.json">openapi.json</a>.</p>
"""
router = APIRouter()


class ServiceInfo(Message):
    """What a client may count on here."""

    defaults: Limits
    compile_defaults: Limits
    maxima: Limits
    judges: bool
    """Whether ``/v1/problems`` has some, and ``/v1/judge`` judges them."""
    visitor: bool
    """Whether who asks is nobody that the server knows: a fresh container each time, so often a minute."""
    runs_a_minute: float | None
    """How often a visitor may ask."""


@router.get("/v1/service")
async def describe(request: Request) -> ServiceInfo:
    """The limits of this server, and what else it offers to whoever asks."""
    found = service(request)
    visitor = tenant_of(request).kind is Kind.ANONYMOUS
    return ServiceInfo(
        defaults=Limits(),
        compile_defaults=COMPILE_LIMITS,
        maxima=found.pool.maxima,
        judges=judge_of(request) is not None,
        visitor=visitor,
        runs_a_minute=found.settings.anonymous_per_minute if visitor else None,
    )


@router.get("/", include_in_schema=False)
async def page(request: Request) -> Response:
    """The page, or how to build it."""
    found = (await run_in_threadpool(files, DIST)).get("index.html")
    nonce = secrets.token_urlsafe(16)
    framed = "*" if request.query_params.get("embed") == "1" else "'none'"
    body = found.plain.replace(NONCE, nonce.encode()) if found else NOT_BUILT
    headers = {
        "Content-Security-Policy": POLICY.format(nonce=nonce, framed=framed),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return Response(body, 200 if found else 503, headers, "text/html")


@router.get("/assets/{name}", include_in_schema=False)
async def asset(name: str, request: Request) -> Response:
    """A script, a style or a picture; the browser keeps it for ever."""
    found = (await run_in_threadpool(files, DIST)).get(f"assets/{name}")
    if found is None:
        return Response("there is no such file; load the page anew", 404, media_type="text/plain")
    headers = {
        "Cache-Control": FOR_EVER,
        "ETag": found.tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, 200, headers | {"Content-Encoding": "gzip"}, found.kind)
    return Response(found.plain, 200, headers, found.kind)


@dataclass(frozen=True, slots=True)
class File:
    """One built file, as it is and packed."""

    plain: bytes
    packed: bytes
    kind: str
    tag: str


@cache
def files(directory: Path) -> dict[str, File]:
    """What was built, by path; nothing if nothing was. Read once: what is built later is served after a restart."""
    return {path.relative_to(directory).as_posix(): _file(path) for path in directory.rglob("*") if path.is_file()}


def _file(path: Path) -> File:
    plain = path.read_bytes()
    kind = KINDS.get(path.suffix, "application/octet-stream")
    return File(plain, gzip.compress(plain, 9, mtime=0), kind, f'"{hashlib.sha256(plain).hexdigest()[:32]}"')

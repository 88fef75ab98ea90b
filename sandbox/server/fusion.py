"""SandboxFusion's ``POST /run_code``: its clients (verl, its own from PyPI) need only be given our address.

Covered: its request with all 29 names of languages, its response with its words, files in and out as base64.
Not covered: Jupyter, datasets, network. What else differs is in docs/design/service.md.
"""

import signal
from enum import StrEnum
from typing import Annotated, Literal

import pybase64
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError

from sandbox import languages
from sandbox.errors import BadRequest, ContainerLost, EngineUnavailable, ImageMissing, Overloaded, TooLong
from sandbox.protocol import MEBIBYTE, Execution, Limits, Message, Program, Run, Step
from sandbox.server import bodies, foreign
from sandbox.server.openapi import body_of
from sandbox.server.running import run, service

PATIENCE_SECONDS = 8.0
"""In the queue. verl hangs up 10 s after the time limits; a 504 before that it tries again."""
RETRY_SECONDS = 1
LEFT_OUT = "IGNORE_THIS_FILE"
"""Files with this in their name are not written, there as here."""
KILLED = 128 + signal.SIGKILL
"""The return code of a program that was killed for its memory or output; a signal of its own doing is negative."""
Name = Literal[
    "python", "cpp", "nodejs", "go", "go_test", "java", "php", "csharp", "bash", "typescript", "sql", "rust", "cuda",
    "lua", "R", "perl", "D_ut", "ruby", "scala", "julia", "pytest", "junit", "kotlin_script", "jest", "verilog",
    "python_gpu", "lean", "swift", "racket",
]  # fmt: skip
Seconds = Annotated[float, Field(allow_inf_nan=False)]


class RunCodeRequest(BaseModel, frozen=True, extra="ignore"):
    """What a client of SandboxFusion sends; fields that only some versions of it know are let pass, there as here."""

    compile_timeout: Seconds = 10
    run_timeout: Seconds = 10
    memory_limit_MB: int = -1  # noqa: N815  their name
    """0 or less is no limit: as much as this sandbox gives anybody."""
    code: str
    stdin: str | None = None
    language: Name
    files: dict[str, str | None] = Field(default={})
    """Contents in base64, by path."""
    fetch_files: list[str] = Field(default=[])


class RunStatus(StrEnum):
    """Of the whole request."""

    SUCCESS = "Success"
    FAILED = "Failed"
    SANDBOX_ERROR = "SandboxError"


class CommandRunStatus(StrEnum):
    """Of one step. Clients know no others: whatever is not a matter of time is Finished, with a return code."""

    FINISHED = "Finished"
    ERROR = "Error"
    TIME_LIMIT_EXCEEDED = "TimeLimitExceeded"


class CommandRunResult(Message):
    """How one step went."""

    status: CommandRunStatus
    execution_time: float
    """Wall time."""
    cpu_time: float
    return_code: int | None
    """None when out of time; -11 for SIGSEGV and so on."""
    stdout: str
    stderr: str


class RunCodeResponse(Message):
    """What SandboxFusion answers. Whatever a program does, it goes with HTTP status 200."""

    status: RunStatus
    message: str = ""
    """Beside SandboxError why; otherwise which limit was met and what was left out, if anything."""
    compile_result: CommandRunResult | None = None
    run_result: CommandRunResult | None = None
    executor_pod_name: str | None = None
    files: dict[str, str] = Field(default={})


def program_of(wanted: RunCodeRequest, maxima: Limits) -> Program:
    """What ``wanted`` asks for. Raises BadRequest."""
    try:
        language = languages.find(wanted.language)
    except BadRequest as error:
        raise BadRequest(f"this sandbox does not have the language {wanted.language!r}: {error}") from error
    for name in ("compile_timeout", "run_timeout"):
        if getattr(wanted, name) <= 0:
            raise BadRequest(f"expected a {name} above 0; got {getattr(wanted, name)!r}")
    contents = {name: content for name, content in wanted.files.items() if content is not None and LEFT_OUT not in name}
    memory = wanted.memory_limit_MB * MEBIBYTE if wanted.memory_limit_MB > 0 else None
    compile_limits = foreign.limits(wanted.compile_timeout, wanted.compile_timeout, None, maxima)
    try:
        return Program(
            language=language.name,
            source=wanted.code.encode(),
            files={foreign.relative(name): foreign.from_base64(content, name) for name, content in contents.items()},
            runs=(
                Run(
                    stdin=(wanted.stdin or "").encode(),
                    collect=tuple(dict.fromkeys(map(foreign.relative, wanted.fetch_files))),
                ),
            ),
            limits=foreign.limits(wanted.run_timeout, wanted.run_timeout, memory, maxima),
            compile_limits=compile_limits,
        )
    except ValidationError as error:
        raise BadRequest(error.errors()[0]["msg"]) from error


def response_of(wanted: RunCodeRequest, program: Program, execution: Execution) -> RunCodeResponse:
    """The facts of ``execution`` in SandboxFusion's words."""
    compiled = execution.compile and _result(execution.compile)
    ran = _result(execution.runs[0]) if execution.runs else None
    good = all(one.return_code == 0 for one in (compiled, ran) if one)
    remarks = []
    if execution.compile:
        remarks += _remarks("compile", execution.compile, program.compile_limits, wanted.compile_timeout)
    if execution.runs:
        remarks += _remarks("run", execution.runs[0], program.limits, wanted.run_timeout)
    return RunCodeResponse(
        status=RunStatus.SUCCESS if good else RunStatus.FAILED,
        message="; ".join(remarks),
        compile_result=compiled,
        run_result=ran,
        files=_files(wanted, execution.runs[0]) if execution.runs else {},
    )


def _result(step: Step) -> CommandRunResult:
    late = foreign.out_of_time(step)
    return CommandRunResult(
        status=CommandRunStatus.TIME_LIMIT_EXCEEDED if late else CommandRunStatus.FINISHED,
        execution_time=step.wall_seconds,
        cpu_time=step.cpu_seconds,
        return_code=None if late else _return_code(step),
        stdout=foreign.text(step.stdout),
        stderr=foreign.text(step.stderr),
    )


def _return_code(step: Step) -> int:
    if step.exit_code is not None:
        return step.exit_code
    if foreign.excess(step, Limits()) is not None:
        return KILLED
    return -foreign.signal_number(step)


def _remarks(which: str, step: Step, limits: Limits, asked_seconds: float) -> list[str]:
    """What a client could not tell from the result of ``step``, in words."""
    found = []
    if reason := foreign.excess(step, limits):
        found.append(f"{which}: {reason}")
    if foreign.out_of_time(step) and asked_seconds > min(limits.wall_seconds, limits.cpu_seconds):
        found.append(f"{which}: {asked_seconds:g} s are more than the {limits.wall_seconds:g} s of wall time and "
                     f"{limits.cpu_seconds:g} s of CPU that this sandbox gives")  # fmt: skip
    for stream in ("stdout", "stderr"):
        if dropped := getattr(step, f"{stream}_dropped"):
            found.append(f"{which}: {dropped} more bytes of {stream} were dropped")
        if not foreign.is_text(getattr(step, stream)):
            found.append(f"{which}: {stream} is not UTF-8; what is not has become U+FFFD")
    for name, reason in step.files_refused.items():
        if reason != foreign.MISSING:
            found.append(f"{name!r} was not fetched: {reason}")
    return found


def _files(wanted: RunCodeRequest, step: Step) -> dict[str, str]:
    """The files that were asked for and are there, by the names that were asked for."""
    named = {name: foreign.relative(name) for name in wanted.fetch_files}
    return {
        name: pybase64.b64encode_as_string(step.files[found]) for name, found in named.items() if found in step.files
    }


router = APIRouter(tags=["SandboxFusion"])


EXAMPLE = {"summary": "One program", "value": {"language": "python", "code": "print(input())", "stdin": "hello"}}


@router.post("/run_code", response_model=RunCodeResponse, openapi_extra=body_of(("RunCodeRequest",), {"one": EXAMPLE}))
async def run_code(request: Request) -> Response:
    """Compile and run one program, as SandboxFusion does."""
    try:
        wanted = RunCodeRequest.model_validate_json(await bodies.read(request))
    except ValidationError as error:
        return _unprocessable(error)
    try:
        program = program_of(wanted, service(request).pool.maxima)
        response = response_of(wanted, program, await run(request, program, patience=PATIENCE_SECONDS))
    except (BadRequest, TooLong) as error:
        response = RunCodeResponse(status=RunStatus.SANDBOX_ERROR, message=str(error))
    except Overloaded as error:
        return _later(str(error), error.retry_after)
    except (ContainerLost, EngineUnavailable, ImageMissing) as error:
        return _later(str(error), RETRY_SECONDS)
    return Response(response.to_json(), media_type="application/json")


@router.get("/v1/ping")
async def ping() -> str:
    """The process is up."""
    return "pong"


def _later(message: str, seconds: int) -> JSONResponse:
    """504, the only status that verl tries again; a SandboxError would be its final word on the program."""
    return JSONResponse({"detail": message}, 504, {"Retry-After": str(seconds)})


def _unprocessable(error: ValidationError) -> JSONResponse:
    """What FastAPI answers when SandboxFusion's own model refuses a body."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return JSONResponse({"detail": [{**one, "loc": ["body", *one["loc"]]} for one in details]}, 422)

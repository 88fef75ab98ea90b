"""``POST /v1/execute``: one program, or many; the facts. Whatever a program does is a 200."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field, ValidationError
from pydantic_core import from_json

from sandbox.errors import BadRequest, SandboxError
from sandbox.protocol import Execution, Message, Program
from sandbox.server import answers, bodies
from sandbox.server.openapi import BATCH_EXAMPLES, PROGRAM_EXAMPLES, body_of
from sandbox.server.running import Service, check_output, output_of, run, service, tenant_of, unless_gone
from sandbox.server.tenant import Tenant

JSON = "application/json"
router = APIRouter()


class Single(Program):
    """A program, and whether it must have a container that even its own tenant has not used."""

    fresh: bool = False


class Batch(Message):
    """Programs that are answered together, in their order."""

    programs: tuple[Any, ...] = Field(min_length=1, max_length=10_000)
    """Each a Program; one that is malformed spoils only its own answer."""
    fresh: bool = False


class Answer(Message):
    """What became of one program of a batch: one of the two is null."""

    execution: Execution | None = None
    error: answers.Failure | None = None


class Answers(Message):
    """What became of a batch, in its order."""

    answers: tuple[Answer, ...]


@router.post(
    "/v1/execute",
    responses={200: {"model": Execution | Answers}, **answers.RESPONSES},
    openapi_extra=body_of(("Single", "Batch"), PROGRAM_EXAMPLES | BATCH_EXAMPLES),
)
async def execute(request: Request) -> Response:
    """Compile once, run each run, tell the facts. Whatever the program does is a 200.

    With ``programs``, all of them are answered in order; one that cannot be taken is an error entry.
    """
    asked = parsed(await bodies.read(request))
    if isinstance(asked, Single):
        execution = await run(request, asked, fresh=asked.fresh)
        return Response(execution.to_json(), media_type=JSON)
    programs = [_program(raw) for raw in asked.programs]
    check_output(sum(output_of(one) for one in programs if isinstance(one, Program)))
    found, tenant = service(request), tenant_of(request)
    found.access.charge(tenant, len(programs) - 1)
    found.queue.refuse_if_full(tenant)
    told = await unless_gone(request, _execute_all(found, tenant, programs, fresh=asked.fresh))
    return Response(told.to_json(), media_type=JSON)


def parsed(body: bytes) -> Single | Batch:
    """What the body asks for. Raises BadRequest."""
    try:
        found = from_json(body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    try:
        if isinstance(found, dict) and "programs" in found:
            return Batch.model_validate(found)
        return Single.model_validate(found)
    except ValidationError as error:
        raise answers.malformed(error) from error


def _program(raw: object) -> Program | BadRequest:
    try:
        return Program.model_validate(raw)
    except ValidationError as error:
        return answers.malformed(error)


async def _execute_all(found: Service, tenant: Tenant, programs: list[Program | BadRequest], *, fresh: bool) -> Answers:
    """At most as many at once as there are slots: others take their turns between them."""
    told: list[Answer] = [Answer()] * len(programs)
    due = iter(enumerate(programs))

    async def work() -> None:
        for number, program in due:
            try:
                if isinstance(program, BadRequest):
                    raise program
                execution = await found.execute(tenant, program, fresh=fresh, patience=None)
                told[number] = Answer(execution=execution)
            except SandboxError as error:
                told[number] = Answer(error=answers.failure(error))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(len(programs), found.pool.slots)):
            group.create_task(work())
    return Answers(answers=tuple(told))

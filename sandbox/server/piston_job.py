"""What a request to Piston asks for: checked in Piston's order, refused in Piston's words."""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sandbox.errors import BadRequest
from sandbox.protocol import Limits, Program, Run
from sandbox.server import foreign
from sandbox.server.runtimes import Runtime, choose

DEFAULT_MILLISECONDS = {"compile": 10_000, "run": 3_000}
"""Of wall time, for who asks for none: Piston's."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a request, decoded."""

    name: str
    content: bytes
    is_code: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A request that can be carried out."""

    runtime: Runtime
    asked: str
    """What it calls the language."""
    files: tuple[File, ...]
    stdin: bytes
    arguments: tuple[str, ...]
    compile_limits: Limits
    run_limits: Limits

    @property
    def main(self) -> File:
        """The program's source."""
        return next(file for file in self.files if file.is_code)

    def program(self) -> Program:
        """What it wants run. Raises BadRequest."""
        run = Run(stdin=self.stdin, arguments=self.arguments)
        return assemble(self, {file.name: file.content for file in self.files if file is not self.main}, run)


def assemble(job: Job, files: dict[str, bytes], run: Run) -> Program:
    """The source of ``job`` among ``files``. Raises BadRequest."""
    try:
        return Program(
            language=job.runtime.ours.name,
            source=job.main.content,
            files=files,
            runs=(run,),
            limits=job.run_limits,
            compile_limits=job.compile_limits,
        )
    except ValidationError as error:
        raise BadRequest(error.errors()[0]["msg"]) from error


def job_of(body: Any, runtimes: Sequence[Runtime], maxima: Limits) -> Job:
    """What ``body``, parsed JSON, asks for. Raises BadRequest."""
    wanted = body if isinstance(body, dict) else {}
    for name in ("language", "version"):
        if not wanted.get(name) or not isinstance(wanted[name], str):
            raise BadRequest(f"{name} is required as a string")
    listed = _listed(wanted.get("files"))
    runtime = choose(runtimes, wanted["language"], wanted["version"])
    if runtime is None:
        raise BadRequest(f"{wanted['language']}-{wanted['version']} runtime is unknown")
    if not any(_is_code(one) for one in listed):
        raise BadRequest("files must include at least one utf8 encoded file")
    compile_limits, run_limits = (_limits(wanted, stage, maxima) for stage in ("compile", "run"))
    return Job(
        runtime=runtime,
        asked=wanted["language"],
        files=tuple(_file(number, one) for number, one in enumerate(listed)),
        stdin=_standard_input(wanted.get("stdin")),
        arguments=_arguments(wanted.get("args")),
        compile_limits=compile_limits,
        run_limits=run_limits,
    )


def _listed(files: Any) -> list[dict[str, Any]]:
    if not isinstance(files, list):
        raise BadRequest("files is required as an array")
    for number, file in enumerate(files):
        if not isinstance(file, dict) or not isinstance(file.get("content"), str):
            raise BadRequest(f"files[{number}].content is required as a string")
    return files


def _is_code(file: dict[str, Any]) -> bool:
    return not file.get("encoding") or file["encoding"] == "utf8"


def _file(number: int, file: dict[str, Any]) -> File:
    name = file.get("name") or f"file{number}.code"
    if not isinstance(name, str):
        raise BadRequest(f"files[{number}].name must be a string")
    match file.get("encoding"):
        case "base64":
            content = foreign.from_base64(file["content"], name)
        case "hex":
            content = _from_hex(file["content"], name)
        case _:  # Piston takes any other word for utf8
            content = file["content"].encode()
    return File(foreign.relative(name), content, _is_code(file))


def _from_hex(text: str, name: str) -> bytes:
    try:
        return binascii.unhexlify("".join(text.split()))
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"the content of {name!r} is not hexadecimal: {error}") from error


def _limits(wanted: dict[str, Any], stage: str, maxima: Limits) -> Limits:
    """Of one stage. CPU time is as much as wall time unless it is given: a container has one CPU."""
    memory = _number(wanted, f"{stage}_memory_limit", maxima.memory_bytes, may_be_negative=True)
    wall = _number(wanted, f"{stage}_timeout", round(maxima.wall_seconds * 1000)) or DEFAULT_MILLISECONDS[stage]
    cpu = _number(wanted, f"{stage}_cpu_time", round(maxima.cpu_seconds * 1000)) or wall
    return foreign.limits(cpu / 1000, wall / 1000, int(memory) if memory > 0 else None, maxima)


def _number(wanted: dict[str, Any], name: str, most: int, *, may_be_negative: bool = False) -> float:
    """The limit called ``name``; 0 where it is not given."""
    value = wanted.get(name)
    if not value:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"If specified, {name} must be a number")
    if value > most:
        raise BadRequest(f"{name} cannot exceed the configured limit of {most}")
    if value < 0 and not may_be_negative:
        raise BadRequest(f"{name} must be non-negative")
    return value


def _standard_input(stdin: Any) -> bytes:
    """With a newline at its end, which Piston adds where there is none."""
    if stdin is not None and not isinstance(stdin, str):
        raise BadRequest("stdin must be a string")
    data = (stdin or "").encode()
    return data if data.endswith(b"\n") else data + b"\n"


def _arguments(args: Any) -> tuple[str, ...]:
    if args is None:
        return ()
    if not isinstance(args, list) or not all(isinstance(one, str) for one in args):
        raise BadRequest("args must be an array of strings")
    return tuple(args)

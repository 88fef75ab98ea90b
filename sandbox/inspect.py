"""A sandbox provider for inspect_ai: with ``sandbox="lovelace"`` tools and scorers run their commands on our server.

Each command gets a process of its own under a uid of its own, and nothing outlives it but files: those below the home
directory and /tmp are kept here, sent with the next command, and what it changed comes back. So there are no background
processes between commands, no other users than one, no network: ``docs/design/service.md`` says what follows.
"""

import asyncio
import errno
import functools
import os
import posixpath
from pathlib import Path
from typing import Any, Literal, Self, overload

from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxEnvironmentLimits,
    SandboxUnavailableError,
    SandboxUserUnsupportedError,
    sandboxenv,
)
from pydantic import BaseModel, Field, SecretStr

from sandbox import courier
from sandbox.client import PATIENCE_SECONDS, AsyncClient
from sandbox.errors import SandboxError
from sandbox.held import Files, Report
from sandbox.protocol import MAXIMA, MEBIBYTE, Ended, Limits, Program, Run, Step

URL, KEY = "LOVELACE_SANDBOX_URL", "LOVELACE_SANDBOX_KEY"
"""Where the server is and who asks, for tasks that don't say. A key belongs here: configurations are logged."""
SPARE_SECONDS = 20.0
"""Wall time beyond the command's, for its files to be laid out and brought back."""
LONGEST_SECONDS = MAXIMA.wall_seconds - SPARE_SECONDS
IS_DIRECTORY, IS_MISSING, IS_CLOSED = 121, 122, 123
READ = f"""
[ -e "$1" ] || exit {IS_MISSING}
[ -d "$1" ] && exit {IS_DIRECTORY}
[ -r "$1" ] || exit {IS_CLOSED}
exec cat -- "$1"
"""
ERRORS = {IS_DIRECTORY: errno.EISDIR, IS_MISSING: errno.ENOENT, IS_CLOSED: errno.EACCES}


class Config(BaseModel, frozen=True, extra="forbid"):
    """What a task may say: ``SandboxEnvironmentSpec("lovelace", Config(...))``. A string instead is the ``url``."""

    url: str = Field(default_factory=lambda: os.environ.get(URL, "http://127.0.0.1:8080"))
    memory_mb: int = Field(default=1024, ge=16)
    cpu_seconds: float = Field(default=MAXIMA.cpu_seconds, gt=0)
    """For each command."""
    patience_seconds: float = Field(default=PATIENCE_SECONDS, gt=0)
    """How long a server may be away, or too busy."""

    @classmethod
    def of(cls, config: SandboxEnvironmentConfigType | None) -> Self:
        """The configuration in whatever form inspect_ai hands it over."""
        match config:
            case None:
                return cls()
            case str():
                return cls(url=config)
            case _:
                return cls.model_validate(config.model_dump())


@sandboxenv(name="lovelace")
class LovelaceSandbox(SandboxEnvironment):
    """The sandbox of one sample."""

    def __init__(self, config: Config, key: SecretStr | None = None) -> None:
        super().__init__()
        secret = key.get_secret_value() if key else None
        self._client = AsyncClient(config.url, secret, patience_seconds=config.patience_seconds)
        self._limits = Limits(
            cpu_seconds=config.cpu_seconds,
            wall_seconds=MAXIMA.wall_seconds,
            memory_bytes=config.memory_mb * MEBIBYTE,
            output_bytes=MAXIMA.output_bytes,
        )
        self._files = Files()
        self._turn = asyncio.Lock()

    @classmethod
    async def sample_init(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        """An empty sandbox."""
        key = os.environ.get(KEY)
        return {"default": cls(Config.of(config), SecretStr(key) if key else None)}

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """Hang up; the server has nothing of ours."""
        for environment in environments.values():
            await environment.as_type(LovelaceSandbox).close()

    @classmethod
    def config_deserialize(cls, config: dict[str, Any]) -> BaseModel:
        """The configuration out of a log."""
        return Config.model_validate(config)

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,  # noqa: ASYNC109  their signature
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run one command on the sample's files; commands of one sample run one after another.

        A timeout is not tried again, whatever ``timeout_retry`` says: it is the command's doing, not the transport's,
        and what the command wrote until then is kept. Raises what ``SandboxEnvironment.exec`` says.
        """
        if user is not None:
            raise SandboxUserUnsupportedError(f"expected no user; got {user!r}: a sandbox's processes have a uid each")
        data = input.encode() if isinstance(input, str) else input or b""
        step, report, output = await self._run(
            cmd, data, cwd or "", env or {}, min(timeout or LONGEST_SECONDS, LONGEST_SECONDS)
        )
        stdout, stderr = _checked(output), _checked(step.stderr)
        if report is None:
            return ExecResult(False, 128 + 9, stdout, f"{stderr}\n{step.ended.replace('_', ' ')}".lstrip())
        if report.late:
            raise TimeoutError(f"{cmd[0]!r} was stopped after {timeout or LONGEST_SECONDS:g} s")
        if report.forbidden:
            raise PermissionError(errno.EACCES, stderr.strip(), cmd[0])
        return ExecResult(report.code == 0, report.code, stdout, stderr)

    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Make or replace a file, and the directories that it needs."""
        async with self._turn:
            self._files.write(file, contents.encode() if isinstance(contents, str) else contents)

    @overload
    async def read_file(self, file: str, text: Literal[True] = True) -> str: ...

    @overload
    async def read_file(self, file: str, text: Literal[False]) -> bytes: ...

    async def read_file(self, file: str, text: bool = True) -> str | bytes:
        """The contents of a file, the sample's or the image's."""
        async with self._turn:
            place = self._files.place(file)
            found = self._files.read(file) if self._files.holds(place) else None
        contents = await self._read_from_image(file, place) if found is None else found
        if len(contents) > SandboxEnvironmentLimits.MAX_READ_FILE_SIZE:
            raise OutputLimitExceededError(SandboxEnvironmentLimits.MAX_READ_FILE_SIZE_STR, None)
        return contents.decode() if text else contents

    async def _read_from_image(self, file: str, place: str) -> bytes:
        _, report, output = await self._run(["/bin/sh", "-c", READ, "sh", place], b"", "", {}, LONGEST_SECONDS)
        if report is None:
            raise OutputLimitExceededError(SandboxEnvironmentLimits.MAX_READ_FILE_SIZE_STR, None)
        if number := ERRORS.get(report.code):
            raise OSError(number, os.strerror(number), file)
        return output

    async def _run(
        self, command: list[str], data: bytes, directory: str, environment: dict[str, str], seconds: float
    ) -> tuple[Step, Report | None, bytes]:
        """One command on the sample's files: the facts, the courier's report if it lived to tell, what was written."""
        limits = self._limits.model_copy(update={"wall_seconds": seconds + SPARE_SECONDS})
        async with self._turn:
            order = self._files.order(
                command=command,
                directory=posixpath.normpath(posixpath.join(courier.HOME, directory)),
                environment=environment,
                seconds=seconds,
            )
            program = Program(language="python", source=_courier(), runs=(Run(stdin=order + data),), limits=limits)
            try:
                step = (await self._client.execute(program)).runs[0]
                if step.ended is not Ended.EXITED:
                    return step, None, step.stdout
                return step, *self._files.take(step.stdout)
            except SandboxError as error:
                raise SandboxUnavailableError(str(error)) from error


@functools.cache
def _courier() -> bytes:
    return Path(courier.__file__).read_bytes()


def _checked(output: bytes) -> str:
    """``output`` as text, if it is within inspect_ai's limit. Raises OutputLimitExceededError."""
    text = output.decode(errors="replace")
    if len(output) > SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE:
        kept = text[: SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE]
        raise OutputLimitExceededError(SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE_STR, kept)
    return text

"""A lease: one tenant's programs, in containers that are no one else's."""

import asyncio
from typing import TYPE_CHECKING

import tenacity

from sandbox import languages
from sandbox.container import Container, Part
from sandbox.errors import BadRequest, ContainerLost
from sandbox.languages import Language
from sandbox.protocol import Execution, Program, Run, Step

if TYPE_CHECKING:
    from sandbox.pool import Pool

ATTEMPTS = 3
ARGUMENT_BYTES = 32 * 1024


class Lease:
    """Runs programs one after another. Made by ``Pool.lease``."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._container: Container | None = None
        self._busy = asyncio.Lock()

    async def execute(self, program: Program) -> Execution:
        """Compile once, run each run; the facts.

        A container that is lost for no reason that we see is replaced and the program starts again, three times in
        all. Raises BadRequest, EngineUnavailable, ContainerLost (every attempt failed).
        """
        language = self._check(program)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(ContainerLost),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            reraise=True,
        )
        async with self._busy:
            return await retrying(self._attempt, language, program)

    def end(self) -> None:
        """Give the container up."""
        if self._container is not None:
            self._pool.discard(self._container)
            self._container = None

    def _check(self, program: Program) -> Language:
        language = languages.find(program.language)
        companions = [languages.find(run.companion.language) for run in program.runs if run.companion]
        for wanted in (language, *companions):
            if wanted.name not in self._pool.image.languages:
                raise BadRequest(
                    f"{wanted.name} is not in the {self._pool.image.tier!r} image, which has "
                    f"{', '.join(self._pool.image.languages)}: build a larger one with `lovelace sandbox build TIER`"
                )
            if wanted.compile and wanted is not language:
                raise BadRequest(f"a companion cannot be written in {wanted.name}: it would have to be compiled")
        for run in program.runs:
            if sum(len(argument.encode()) + 8 for argument in run.arguments) > ARGUMENT_BYTES:
                raise BadRequest(f"arguments are longer than {ARGUMENT_BYTES} bytes in all; use standard input")
            if any("\0" in argument for argument in run.arguments):
                raise BadRequest("an argument holds a NUL byte")
        return language

    async def _attempt(self, language: Language, program: Program) -> Execution:
        container = self._container
        if container is None:
            container = self._container = await self._pool.take()
        try:
            execution = await _execute(container, language, program, self._pool.image.digest)
        except BaseException:
            self.end()  # it may still be at work, or half-way through a frame
            raise
        if not container.clean:
            self.end()
        return execution


async def _execute(container: Container, language: Language, program: Program, image: str) -> Execution:
    compiled: Step | None = None
    directory = ""
    runs: list[Step] = []
    if language.compile:
        command = language.compile_command(program.compile_limits)
        part = Part(command, {language.source: program.source}, environment=language.environment)
        compiled, directory = await container.step([part], program.compile_limits, keep=True)
    if compiled is None or compiled.succeeded:
        for run in program.runs:
            parts = _parts(language, program, run, directory)
            runs.append((await container.step(parts, program.limits, stdin=run.stdin))[0])
    if directory:
        await container.drop(directory)
    version = container.versions[language.name]
    return Execution(language=language.name, version=version, image=image, compile=compiled, runs=tuple(runs))


def _parts(language: Language, program: Program, run: Run, directory: str) -> list[Part]:
    """The processes of one run: the program, and its companion if it has one."""
    command = language.run_command(program.limits, directory)
    files = {} if language.compile else {language.source: program.source}
    parts = [Part((*command, *run.arguments), files, language.warm, language.environment)]
    if run.companion:
        beside = languages.find(run.companion.language)
        companion = beside.run_command(program.limits, directory)
        files = {beside.source: run.companion.source}
        parts.append(Part(companion, files, beside.warm, beside.environment))
    return parts

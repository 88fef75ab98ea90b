"""A lease: one tenant's programs, in containers that are no one else's."""

import asyncio
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox import languages
from sandbox.container import Container, Part
from sandbox.errors import BadRequest, ContainerLost
from sandbox.job import Job
from sandbox.languages import Language
from sandbox.protocol import Execution, Limits, Program, Progress

if TYPE_CHECKING:
    from sandbox.pool import Pool

ATTEMPTS = 3
ARGUMENT_BYTES = 16 * 1024
CANARY = Part(("main.py",), {"main.py": b"print('alive')"}, warm=True)


class Lease:
    """Runs programs one after another. Made by ``Pool.lease``."""

    def __init__(self, pool: "Pool", *, retried: bool = True) -> None:
        self._pool = pool
        self._retried = retried
        self._container: Container | None = None
        self._busy = asyncio.Lock()

    async def execute(self, program: Program, tell: Callable[[Progress], None] | None = None) -> Execution:
        """Compile once, run each run; the facts. ``tell`` hears of each as it happens; what it raises ends the program.

        A step whose container is lost for no reason that we see is tried again in fresh ones, each seen to work. If it
        takes three of them with it, it ends as CONTAINER_DEATH. Raises BadRequest, EngineUnavailable (it stayed
        away), ContainerLost (fresh containers do not work either; at the first loss, if the lease is not ``retried``).
        To stop the program, cancel: the container is given up.
        """
        job = Job(self._check(program), program, tell)
        async with self._busy:
            losses, dead, steps, began = 0, 0, 0, time.monotonic()
            version = ""
            while not job.done:
                try:
                    container = await self._take(job.language.name, seen_to_work=losses > 0)
                except ContainerLost:
                    dead += 1
                    self.end()
                    if dead == ATTEMPTS:
                        raise
                    continue
                version = container.versions[job.language.name]
                try:
                    await job.advance(container)
                except ContainerLost:
                    if not self._retried:
                        self.end()
                        raise
                    losses = losses + 1 if job.steps == steps else 1
                    steps = job.steps
                    if losses == ATTEMPTS:
                        job.give_up(time.monotonic() - began)
                        losses = 0
                    self.end()
                except BaseException:
                    self.end()  # it may still be at work, or half-way through a frame
                    raise
                if not container.usable:
                    self.end()
            return job.execution(version)

    def end(self) -> None:
        """Give the container up."""
        if self._container is not None:
            self._pool.discard(self._container)
            self._container = None

    async def _take(self, language: str, *, seen_to_work: bool) -> Container:
        if self._container is not None and language not in self._container.versions:
            self.end()  # it is of an older image
        if self._container is None:
            self._container = await self._pool.take()
            if seen_to_work:
                step, _ = await self._container.step([CANARY], Limits())
                if step.stdout != b"alive\n":
                    raise ContainerLost(f"a fresh container does not run a known-good program: {step}")
        return self._container

    def _check(self, program: Program) -> Language:
        language = languages.find(program.language)
        self._check_limits(program.limits)
        self._check_limits(program.compile_limits)
        for run in program.runs:
            _check_arguments(run.arguments)
            if run.companion and languages.find(run.companion.language).compile:
                raise BadRequest(f"a companion cannot be in {run.companion.language}: it would have to be compiled")
        companions = [languages.find(run.companion.language) for run in program.runs if run.companion]
        for wanted in (language, *companions):
            if wanted.name not in self._pool.image.languages:
                raise BadRequest(
                    f"{wanted.name} is not in the {self._pool.image.tier!r} image, which has "
                    f"{', '.join(self._pool.image.languages)}: build a larger one with `lovelace sandbox build TIER`"
                )
        if language.source in program.files:
            raise BadRequest(f"a file is called {language.source!r}, which is the source's own name")
        return language

    def _check_limits(self, limits: Limits) -> None:
        for name, most in self._pool.maxima:
            if (wanted := getattr(limits, name)) > most:
                raise BadRequest(f"{name} {wanted:g} is above this sandbox's maximum of {most:g}")


def _check_arguments(arguments: tuple[str, ...]) -> None:
    try:
        length = sum(len(os.fsencode(argument)) + 8 for argument in arguments)
    except UnicodeEncodeError as error:
        raise BadRequest("an argument holds half a surrogate pair") from error
    if length > ARGUMENT_BYTES:
        raise BadRequest(f"arguments are longer than {ARGUMENT_BYTES} bytes in all; use standard input")
    if any("\0" in argument for argument in arguments):
        raise BadRequest("an argument holds a NUL byte")

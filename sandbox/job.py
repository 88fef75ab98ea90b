"""A program on its way to an Execution: how far it is, whatever containers it takes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from sandbox import languages
from sandbox.container import Compiled, Container, Part, Tell
from sandbox.facts import lost_step
from sandbox.languages import Language
from sandbox.protocol import (
    CompileStarted,
    Ended,
    Execution,
    Limits,
    Program,
    Progress,
    Restarted,
    Run,
    RunStarted,
    Step,
    Stream,
    Written,
)


@dataclass(slots=True)
class Job:
    """One program's steps so far."""

    language: Language
    program: Program
    tell: Callable[[Progress], None] | None = None
    _image: str = ""
    _begun: int = 0
    """How many steps have been told of."""
    _compiled: Step | None = None
    _reused: bool = False
    _runs: list[Step] = field(default_factory=list)
    _key: bytes = b""

    def __post_init__(self) -> None:
        """What is compiled, and how: programs with the same are compiled once. Nothing where nothing is compiled."""
        if self.language.compile:
            compiled = self.program.model_copy(update={"runs": (), "limits": Limits()})
            self._key = sha256(compiled.to_json()).digest()

    @property
    def done(self) -> bool:
        """Every run has its facts, or the program does not compile."""
        stuck = self._compiled is not None and not self._compiled.succeeded
        return stuck or len(self._runs) == len(self.program.runs)

    @property
    def steps(self) -> int:
        """How many steps have their facts."""
        return len(self._runs) + (self._compiled is not None)

    async def advance(self, container: Container) -> None:
        """Go on in ``container`` until all is done, or ``container`` cannot be used any more. Raises ContainerLost."""
        self._move_to(container.image.digest)
        directory = await self._compile(container)
        while not self.done and container.usable:
            run = self.program.runs[len(self._runs)]
            tell = self._begin(len(self._runs))
            step, _ = await container.step(self._parts(run, directory), self.program.limits, run, tell=tell)
            self._runs.append(step)

    def give_up(self, wall_seconds: float) -> None:
        """The step that is due has killed its containers."""
        dead = lost_step(Ended.CONTAINER_DEATH, wall_seconds, 0)
        if self.language.compile and self._compiled is None:
            self._compiled = dead
        else:
            self._runs.append(dead)

    def execution(self, version: str) -> Execution:
        """The facts, once ``done``."""
        return Execution(
            language=self.language.name,
            version=version,
            image=self._image,
            compile=self._compiled,
            runs=tuple(self._runs),
            reused=self._reused,
        )

    async def _compile(self, container: Container) -> str:
        """The directory with what the compiler made, if any; it stays until a program with other bytes comes."""
        kept = container.compiled
        if kept is None or kept.key != self._key:
            await container.forget_compiled()
            kept = None
        if not self.language.compile:
            return ""
        tell = self._begin(None) if self._compiled is None else None
        if kept is not None:
            self._reused = self._compiled is None
            self._compiled = self._compiled or kept.step
            for stream, data in ((Stream.STDOUT, kept.step.stdout), (Stream.STDERR, kept.step.stderr)):
                if tell is not None and data:
                    tell(stream, data)
            return kept.directory
        files = {**self.program.files, self.language.source: self.program.source}
        command = self.language.compile_command(self.program.compile_limits)
        part = Part(command, files, environment=self.language.environment)
        compiled, directory = await container.step([part], self.program.compile_limits, keep=True, tell=tell)
        if self._compiled is None or not compiled.succeeded:
            self._compiled = compiled
        container.compiled = Compiled(self._key, compiled, directory)
        if not compiled.succeeded and container.usable:
            await container.forget_compiled()
        return directory

    def _move_to(self, image: str) -> None:
        """All of an execution's facts are of one image: in another, all begins again."""
        if self._image != image:
            self._compiled, self._reused = None, False
            self._runs.clear()
        self._image = image

    def _begin(self, run: int | None) -> Tell | None:
        """Tell that a step begins; how to tell what it writes, if anybody listens."""
        if (tell := self.tell) is None:
            return None
        number = 0 if run is None else run + bool(self.language.compile)
        if number < self._begun:
            tell(Restarted(run=run))
        else:
            tell(CompileStarted() if run is None else RunStarted(run=run))
        self._begun = number + 1

        def written(stream: Stream, data: bytes) -> None:
            tell(Written(run=run, stream=stream, data=data))

        return written

    def _parts(self, run: Run, directory: str) -> list[Part]:
        """The processes of one run: the program, and its companion if it has one."""
        command = self.language.run_command(self.program.limits, directory)
        files = dict(self.program.files)
        if not self.language.compile:
            files[self.language.source] = self.program.source
        parts = [Part((*command, *run.arguments), files, self.language.warm, self.language.environment)]
        if run.companion:
            beside = languages.find(run.companion.language)
            command = beside.run_command(self.program.limits, directory)
            files = {**run.companion.files, beside.source: run.companion.source}
            parts.append(Part(command, files, beside.warm, beside.environment, run.companion.question))
        return parts

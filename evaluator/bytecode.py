"""Our drivers and a benchmark's tests, compiled once by the Python that will run them, which need not be the host's.

A completion is never compiled here. The compiling program runs in the sandbox as any other does; what it returns is
used by the tests' processes that run in the same sandbox, and for their trust it adds nothing to the tests' source.
"""

import binascii
import json
from collections.abc import Iterable

from pydantic import BaseModel, ValidationError

from evaluator.protocol import Executor
from sandbox.protocol import MEBIBYTE, Limits, Program, Run

LIMITS = Limits(cpu_seconds=60, wall_seconds=120, memory_bytes=512 * MEBIBYTE, output_bytes=32 * MEBIBYTE)
AT_MOST = 4096
COMPILER = """
import base64, json, marshal, sys
codes = []
for name, source in json.load(sys.stdin):
    code = compile(source, name, "exec", optimize=0)
    codes.append(base64.b64encode(marshal.dumps(code)).decode())
magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER.hex()
print(json.dumps({"magic": magic, "codes": codes}))
"""

Source = tuple[str, str]
"""A file's name, and its text."""


class Compiled(BaseModel, frozen=True, extra="forbid", strict=True):
    """What the compiling program says: how it knows its own bytecode, and each source's, in base64."""

    magic: str
    codes: list[str]


class Bytecode:
    """What is known so far, of one version of Python."""

    def __init__(self) -> None:
        self.magic = b""
        self._codes: dict[Source, bytes] = {}

    def of(self, source: Source) -> bytes:
        """The bytecode as ``marshal`` writes it, or b"" if there is none."""
        return self._codes.get(source, b"")

    async def prepare(self, sources: Iterable[Source], executor: Executor) -> bool:
        """Compile what is not known yet; whether there was anything. Without success all stays as it was."""
        missing = [source for source in dict.fromkeys(sources) if source not in self._codes]
        if not missing:
            return False
        compiled = await _compile(missing, executor)
        if compiled is None or len(compiled.codes) != len(missing):
            return False
        magic, codes = binascii.unhexlify(compiled.magic), map(binascii.a2b_base64, compiled.codes)
        if magic != self.magic or len(self._codes) + len(missing) > AT_MOST:
            self.magic, self._codes = magic, {}
        self._codes.update(zip(missing, codes, strict=True))
        return True


async def _compile(sources: list[Source], executor: Executor) -> Compiled | None:
    run = Run(stdin=json.dumps(sources).encode())
    program = Program(language="python", source=COMPILER.encode(), runs=(run,), limits=LIMITS)
    execution = await executor.execute(program)
    step = execution.runs[0]
    if not step.succeeded:
        return None
    try:
        return Compiled.model_validate_json(step.stdout)
    except ValidationError:
        return None


SHARED = Bytecode()
"""This process's."""

"""The peer of our compilers: the same image's toolchains as anybody calls them, in a container without a sandbox."""

import asyncio
import contextlib
import inspect
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from benchmarks import plain_compile
from benchmarks.errors import WrongAnswer
from sandbox import languages
from sandbox.image import Image

SCRIPT = inspect.getsource(plain_compile)
TUPLES = "/usr/share/java/javatuples.jar"
TYPESCRIPT = "/opt/lovelace/languages/typescript/node_modules"
CRATES = "/opt/lovelace/languages/rust/crates"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """How a language's programs are compiled and run without us."""

    language: str
    steps: tuple[tuple[str, ...], ...]
    environment: dict[str, str] = field(default_factory=dict)
    """Beside the language's own; EMPTY is a directory that holds nothing but the program."""


def _tsc(*more: str) -> tuple[str, ...]:
    """With every option of ours that changes what is checked or written."""
    return (
        f"{TYPESCRIPT}/.bin/tsc", "--target", "esnext", "--lib", "esnext", "--module", "commonjs",
        "--moduleDetection", "force", "--strict", "false", "--typeRoots", f"{TYPESCRIPT}/@types", "--types", "node",
        "--noEmitOnError", "--pretty", "false", *more, "main.ts",
    )  # fmt: skip


CPP = ("g++", "-std=gnu++20", "-O2", "-pipe", "-o", "main", "main.cpp", "-Wl,--as-needed", "-lcrypto")
JAVA = (("javac", "-proc:none", "-cp", TUPLES, "Main.java"), ("java", "-ea", "-cp", f".:{TUPLES}", "Main"))
GO = ("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-o", "main", "main_test.go")
RUST = (
    "rustc", "--test", "--edition", "2021", "-O", "-Ccodegen-units=1", "-Cstrip=debuginfo", f"-L{CRATES}",
    "--extern=rand", "--extern=regex", "--extern=md5", "-omain", "main.rs",
)  # fmt: skip

ALL_CORES = {"GOMAXPROCS": ""}
"""Our Go uses one, since a container has one."""

PLAIN = {
    "C++ with <bits/stdc++.h>": Toolchain("cpp", (CPP, ("./main",))),
    "Java": Toolchain("java", JAVA),
    "TypeScript": Toolchain("typescript", (_tsc(), ("node", "main.js")), {"GOGC": "100", "GOMEMLIMIT": "off"}),
    "TypeScript, --skipLibCheck": Toolchain(
        "typescript", (_tsc("--skipLibCheck"), ("node", "main.js")), {"GOGC": "100", "GOMEMLIMIT": "off"}
    ),
    "Rust": Toolchain("rust-test", (RUST, ("./main", "--test-threads", "1"))),
    "Go, warm cache": Toolchain("go-test", (GO, ("./main",)), ALL_CORES),
    "Go, cold cache": Toolchain("go-test", (GO, ("./main",)), ALL_CORES | {"GOCACHE": "EMPTY/cache"}),
}
"""By what the figure calls it. One language may have several."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What compiling and running one program took."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class PlainContainer:
    """A container of our image in which nothing of ours runs, and nothing but the CPU is limited."""

    name: str

    async def cost(self, toolchain: Toolchain, source: str) -> Cost:
        """Of compiling and running one program; Docker's own time is not in it. Raises WrongAnswer."""
        language = languages.find(toolchain.language)
        order = {
            "name": language.source,
            "source": source,
            "steps": toolchain.steps,
            "environment": {**language.environment, **toolchain.environment},
        }
        words = ("docker", "exec", "-i", self.name, "python3", "-c", SCRIPT)
        return Cost(*map(float, (await _communicate(words, json.dumps(order).encode())).split()))


@contextlib.asynccontextmanager
async def plain_container(image: Image, cpus: float) -> AsyncIterator[PlainContainer]:
    """A container for as long as the block takes."""
    command = f"docker run --detach --rm --init --network none --cpus {cpus:g} --entrypoint sleep {image.digest} 2h"
    name = (await _communicate(tuple(command.split()))).strip()
    try:
        yield PlainContainer(name)
    finally:
        await _communicate(("docker", "kill", name))


async def _communicate(words: tuple[str, ...], stdin: bytes = b"") -> str:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, stderr=pipe)
    out, err = await process.communicate(stdin)
    if process.returncode:
        raise WrongAnswer(
            f"{' '.join(words[:4])} ended with {process.returncode}: {err.decode(errors='replace')[-800:]}"
        )
    return out.decode()

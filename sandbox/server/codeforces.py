"""What open-r1's ``codeforces`` package for Piston does: run a submission on one test and say 1 or 0.

There the expected output lies in the directory of the submission while it runs, or nearly. Here it never enters the
submission's container: the host compares, or a checker does in a container of its own.
"""

import re
from collections.abc import Awaitable, Callable

from sandbox.errors import BadRequest
from sandbox.protocol import MEBIBYTE, Ended, Execution, Limits, Program, Run, Step
from sandbox.server import foreign
from sandbox.server.piston_job import Job, assemble
from sandbox.server.piston_result import Result, Stage, result_of

LANGUAGES = {
    "c++17", "c++20", "cf_c++17", "cf_c++20", "C++17 (GCC 7-32)", "C++20 (GCC 13-64)", "cf_python3", "Python 3",
}  # fmt: skip
"""What the package calls the languages that we have of it."""
INPUT, EXPECTED, OUTPUT, CHECKER, SETTINGS = (
    "input.txt", "correct_output.txt", "output.txt", "checker.py", "grader_config",
)  # fmt: skip
CHECKER_LIMITS = Limits(cpu_seconds=10, wall_seconds=10, memory_bytes=512 * MEBIBYTE)
OUT_OF_TIME, OUT_OF_MEMORY = 124, 134
"""The package's return codes."""

Execute = Callable[[Program], Awaitable[Execution]]


def is_judged(job: Job) -> bool:
    """Whether ``job`` is one for the package: in a language of its, with input in a file."""
    return job.asked in LANGUAGES and any(file.name == INPUT for file in job.files)


async def judge(job: Job, execute: Execute) -> Result:
    """Run the submission on its input. Standard output is 1 or 0, or the submission's if nothing is expected."""
    files = {file.name: file.content for file in job.files if file is not job.main}
    settings = _settings(files.pop(SETTINGS, b""))
    given, expected, checker = _plain(files.pop(INPUT)), files.pop(EXPECTED, None), files.pop(CHECKER, None)
    in_files = settings.get("INPUT_MODE") == "file"
    run = Run(collect=(OUTPUT,)) if in_files else Run(stdin=given)
    program = assemble(job, {**files, INPUT: given} if in_files else files, run)
    program = program.model_copy(update={"limits": _limits(settings, job.run_limits)})
    execution = await execute(program)
    result = result_of(job, execution)
    if not execution.runs:
        return result
    step = execution.runs[0]
    output = step.files.get(OUTPUT, b"") if in_files else step.stdout
    if not step.succeeded:
        code, why = _failure(step, program.limits)
        return _said(result, "0", why, code)
    output = _without_empty_lines(output)
    if expected is None:
        return _said(result, foreign.text(output), "", 0)
    expected = _without_empty_lines(_plain(expected))
    if checker is None:
        good, code, by = _words(output) == _words(expected), 0, "diff"
    else:
        good, code = await _checked(checker, {INPUT: given, EXPECTED: expected, OUTPUT: output}, execute)
        by = "checker"
    return _said(
        result, "1" if good else "0", f"Output is correct ({by})" if good else f"Output isn't correct ({by})", code
    )


async def _checked(checker: bytes, files: dict[str, bytes], execute: Execute) -> tuple[bool, int]:
    """Whether the checker says 1 or 100, and its return code."""
    run = Run(arguments=(INPUT, EXPECTED, OUTPUT))
    execution = await execute(
        Program(language="python", source=checker, files=files, runs=(run,), limits=CHECKER_LIMITS)
    )
    step = execution.runs[0]
    code = 0 if step.succeeded else _failure(step, CHECKER_LIMITS)[0]
    return "".join(foreign.text(step.stdout).split()) in ("1", "100"), code


def _failure(step: Step, limits: Limits) -> tuple[int, str]:
    """The package's return code and words for a submission that failed."""
    if foreign.out_of_time(step):
        return OUT_OF_TIME, f"Time limit exceeded ({limits.wall_seconds:g}s)"
    if step.ended is Ended.MEMORY_LIMIT:
        return OUT_OF_MEMORY, f"Memory limit exceeded ({limits.memory_bytes // MEBIBYTE}MB)"
    if excess := foreign.excess(step, limits):
        return 1, excess
    code = step.exit_code if step.exit_code is not None else 128 + foreign.signal_number(step)
    return code, f"Runtime error with exit code {code}"


def _said(result: Result, stdout: str, stderr: str, code: int) -> Result:
    """``result`` as if the package's script had written this, and returned this."""
    out, err = (f"{text}\n" if text and not text.endswith("\n") else text for text in (stdout, stderr))
    status, message = ("RE", f"Exited with error status {code}") if code else (None, None)
    said = {"stdout": out, "stderr": err, "output": out + err, "code": code, "signal": None}
    return result.model_copy(
        update={"run": Stage.model_validate({**dict(result.run), **said, "status": status, "message": message})}
    )


def _settings(text: bytes) -> dict[str, str]:
    pairs = (line.partition("=") for line in foreign.text(text).splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _limits(settings: dict[str, str], limits: Limits) -> Limits:
    """The test's limits, no looser than the request's. Raises BadRequest."""
    try:
        seconds = float(settings.get("TIME_LIMIT") or limits.wall_seconds)
        memory = float(settings.get("MEMORY_LIMIT") or limits.memory_bytes / MEBIBYTE)
        return foreign.limits(seconds, seconds, round(memory * MEBIBYTE), limits)
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"{SETTINGS}: expected numbers above 0; got {settings!r}") from error


def _plain(text: bytes) -> bytes:
    return re.sub(rb"\r$", b"", text, flags=re.MULTILINE)


def _without_empty_lines(text: bytes) -> bytes:
    return b"".join(line for line in text.splitlines(keepends=True) if line.strip(b"\r\n"))


def _words(text: bytes) -> list[str]:
    """What is compared: the words, with yes and no in capitals."""
    found = re.sub(r"\b(yes|no)\b", lambda match: match[0].upper(), foreign.text(text), flags=re.IGNORECASE)
    return found.split()

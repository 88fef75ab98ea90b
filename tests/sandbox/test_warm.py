"""Modules of ours that the zygote has imported."""

from sandbox import warm
from sandbox.context import archive
from sandbox.lease import Lease
from sandbox.local import open_sandbox
from sandbox.protocol import Program, Run

NAME = warm.name("solution")


async def printed(lease: Lease, source: str, **files: bytes) -> bytes:
    program = Program(language="python", source=source.encode(), files=files, runs=(Run(),))
    (step,) = (await lease.execute(program)).runs
    return step.stdout + step.stderr


async def test_programs_find_what_the_zygote_has_imported_and_their_own_modules(engine: None) -> None:
    async with open_sandbox(["python"], slots=1) as sandbox, sandbox.lease() as lease:
        await printed(lease, "pass")  # from the second on, a lease is warm
        assert await printed(lease, f"import sys; print({NAME!r} in sys.modules)") == b"True\n"
        assert await printed(lease, f"from {NAME} import solve; print(solve.__name__)") == b"solve\n"
        own = {"evaluator.py": b"print('own')"}
        assert await printed(lease, "import evaluator", **own) == b"own\n"
        assert b"ModuleNotFoundError" in await printed(lease, "import evaluator")


def test_the_name_tells_what_is_in_it_and_the_image_holds_it() -> None:
    assert NAME.startswith("lovelace_solution_")
    assert {f"{NAME}.py", "evaluator/drivers/python_solution.py"} <= warm.modules().keys()
    assert f"warm/{NAME}.py".encode() in archive("python")

"""The seccomp profile in Docker's format, made from ``seccomp.toml``."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

EPERM, ENOSYS = 1, 38
_ALLOW, _ERROR = "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"


@cache
def profile(path: Path) -> str:
    """The JSON that ``--security-opt seccomp=`` takes."""
    table = tomllib.loads(path.read_text())
    allowed = sorted({name for names in table["allow"].values() for name in names.split()})
    flags = table["clone"]["forbidden_flags"]
    rules: list[dict[str, Any]] = [
        {"names": allowed, "action": _ALLOW},
        {"names": ["clone"], "action": _ALLOW, "args": [_argument("SCMP_CMP_MASKED_EQ", flags)]},
        *_one_of("socket", table["sockets"]["families"]),
        *_one_of("personality", table["personality"]["values"]),
        {"names": table["absent"]["names"].split(), "action": _ERROR, "errnoRet": ENOSYS},
    ]
    return json.dumps(
        {
            "defaultAction": _ERROR,
            "defaultErrnoRet": EPERM,
            "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
                {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
            ],
            "syscalls": rules,
        }
    )


def _one_of(name: str, values: list[int]) -> list[dict[str, Any]]:
    return [{"names": [name], "action": _ALLOW, "args": [_argument("SCMP_CMP_EQ", value)]} for value in values]


def _argument(comparison: str, value: int) -> dict[str, Any]:
    return {"index": 0, "value": value, "valueTwo": 0, "op": comparison}

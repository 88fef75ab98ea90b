"""The walls that the engine builds around a container. The agent's own are in ``sandbox.agent``."""

from collections.abc import Set
from typing import TYPE_CHECKING, Any

from sandbox import seccomp
from sandbox.agent.walls import VARIABLE, Wall
from sandbox.context import recipe_directory
from sandbox.protocol import MEBIBYTE, Limits

if TYPE_CHECKING:
    from docker import APIClient

OVERHEAD_BYTES = 96 * MEBIBYTE
"""What a container may hold beside its program: the agent, and what is written to the tmpfs mounts."""
CAPABILITIES = ["SETUID", "SETGID", "CHOWN", "KILL", "DAC_OVERRIDE"]
OWN_PROCESSES = 3
"""Beside a program: the supervisor, the zygote, and the blank child of the slot that is not taken."""
RUNS_MEBIBYTES, TMP_MEBIBYTES, SHARED_MEBIBYTES = 64, 16, 16


def host_config(
    client: "APIClient", memory_bytes: int, runtime: str | None, hosts: str, without: Set[Wall], cpus: float = 1.0
) -> Any:
    """How a container is confined; ``hosts``: its /etc/hosts. ``without``: walls to leave out, in a test."""
    from docker.types import LogConfig, Mount

    security = [] if Wall.NO_NEW_PRIVILEGES in without else ["no-new-privileges"]
    profile = seccomp.profile(recipe_directory() / "seccomp.toml")
    security.append("seccomp=unconfined" if Wall.SECCOMP in without else f"seccomp={profile}")
    config = client.create_host_config(
        auto_remove=True,
        runtime=runtime,
        network_mode="host" if Wall.NETWORK in without else "none",
        read_only=Wall.READ_ONLY_ROOT not in without,
        cap_drop=[] if Wall.CAPABILITIES in without else ["ALL"],
        cap_add=["SYS_ADMIN", "SYS_PTRACE", "NET_RAW", "MKNOD"] if Wall.CAPABILITIES in without else CAPABILITIES,
        security_opt=security,
        nano_cpus=0 if Wall.CPU_SHARE in without else int(cpus * 1e9),
        cpu_shares=100_000 if Wall.CPU_SHARE in without else None,
        ipc_mode="host" if Wall.PRIVATE_IPC in without else "private",
        pid_mode="host" if Wall.PID_NAMESPACE in without else None,
        tmpfs=mounts(without),
        mounts=[Mount("/etc/hosts", hosts, type="bind", read_only=True)],
        log_config=LogConfig(type="none"),
        oom_score_adj=500,
    )
    if Wall.MASKED_PATHS in without:
        config |= {"MaskedPaths": [], "ReadonlyPaths": []}
    return config | size(memory_bytes, Limits().processes, without)


def size(memory_bytes: int, processes: int, without: Set[Wall]) -> dict[str, int]:
    """What may be changed of a live container, in the words of the engine's API."""
    limit = memory_bytes + OVERHEAD_BYTES
    memory = {} if Wall.MEMORY in without else {"Memory": limit, "MemorySwap": limit}
    return memory | {"PidsLimit": -1 if Wall.PROCESSES in without else processes + OWN_PROCESSES}


def environment(without: Set[Wall]) -> dict[str, str]:
    """What the agent's environment says: nothing, but in a test of its walls."""
    return {VARIABLE: " ".join(sorted(without))} if without else {}


def mounts(without: Set[Wall]) -> dict[str, str]:
    """The tmpfs mounts, with their options."""

    def mount(mebibytes: int, thousand_inodes: int, mode: str) -> str:
        size = [] if Wall.DISK_BYTES in without else [f"size={mebibytes}m"]
        inodes = [] if Wall.DISK_INODES in without else [f"nr_inodes={thousand_inodes}k"]
        return ",".join([*size, *inodes, f"mode={mode}", "exec,nosuid,nodev"])

    return {
        "/runs": mount(RUNS_MEBIBYTES, 16, "711"),
        "/tmp": mount(TMP_MEBIBYTES, 4, "1777"),  # noqa: S108
        # The engine's own has no limit of inodes: a million of them would be the supervisor's to delete.
        "/dev/shm": mount(SHARED_MEBIBYTES, 4, "1777"),  # noqa: S108
    }

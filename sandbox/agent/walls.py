"""The walls of the sandbox, by name.

All of them stand, always. A test takes one down to prove that it, and nothing else, stops an attack
(``sandbox.testing``); the environment of PID 1, which no program can read, says which.
"""

import os
from enum import StrEnum


class Wall(StrEnum):
    """What stops a program; first the container's walls, then the agent's, then the host's."""

    NETWORK = "network"
    READ_ONLY_ROOT = "read_only_root"
    CAPABILITIES = "capabilities"
    NO_NEW_PRIVILEGES = "no_new_privileges"
    SECCOMP = "seccomp"
    MASKED_PATHS = "masked_paths"
    PRIVATE_IPC = "private_ipc"
    PID_NAMESPACE = "pid_namespace"
    MEMORY = "memory"
    PROCESSES = "processes"
    CPU_SHARE = "cpu_share"
    DISK_BYTES = "disk_bytes"
    DISK_INODES = "disk_inodes"

    OWN_UID = "own_uid"
    """Programs are not root."""
    FRESH_UID = "fresh_uid"
    """No two processes of different trust share a uid."""
    OWN_DIRECTORY = "own_directory"
    """A run's directory is closed to other uids."""
    CLOSED_DESCRIPTORS = "closed_descriptors"
    """A program holds its own streams and nothing else."""
    OWN_STREAMS = "own_streams"
    """What a program writes goes through the supervisor; it never holds the stream to the host."""
    BLANK_ZYGOTE = "blank_zygote"
    """What programs are forked from has never seen a program, its input or its files."""
    RESOURCE_LIMITS = "resource_limits"
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    OUTPUT_LIMIT = "output_limit"
    KILLED_LEFTOVERS = "killed_leftovers"
    CLEANED_FILES = "cleaned_files"
    CHECKED_IPC = "checked_ipc"
    SEALED_ARTEFACTS = "sealed_artefacts"
    CHECKED_COLLECTION = "checked_collection"
    """Only regular files of a bounded size are brought out."""

    COMPILER_CALL = "compiler_call"
    """Compilers are called so that they run no code of the program's."""
    FRESH_CONTAINER = "fresh_container"
    """A lease's container was nobody's before."""


VARIABLE = "LOVELACE_WITHOUT"
_DOWN = frozenset(os.environ.get(VARIABLE, "").split())


def stands(wall: Wall) -> bool:
    """Whether ``wall`` is up. Always, but in a test of it."""
    return wall not in _DOWN

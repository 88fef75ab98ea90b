"""Giving up root, for good."""

import ctypes
import os

NOBODY = 65_534
_PR_SET_NO_NEW_PRIVS = 38


def drop(uid: int = NOBODY, gid: int = NOBODY) -> None:
    """Become ``uid`` and ``gid`` with no other group, if we are root; no program that we start becomes more again.

    All threads do. Descriptors that are open stay open. Raises OSError.
    """
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")

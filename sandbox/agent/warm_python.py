"""Run a Python file in this process as ``python3 FILE …`` would, without paying for a new interpreter.

Covered: ``__main__``, ``sys.argv``, ``sys.path``, tracebacks, SystemExit codes, threads joined, atexit, flushing.
Not covered: objects still alive at the very end are not finalised (``__del__`` of globals does not run).
"""

import atexit
import os
import sys
import types
from typing import Never


def prepare() -> None:
    """Make the module that programs will be, once for all of them."""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=__builtins__, __annotations__={}, __file__="")


def run(path: str, arguments: list[str], directory: str) -> Never:
    """Run the file at ``path`` in ``directory``, where we are, to its end; then leave the process. Never returns."""
    status = 1
    try:
        sys.argv = [path, *arguments]
        sys.path[0] = directory
        status = _exit_status(path)
        if threading := sys.modules.get("threading"):
            threading._shutdown()  # what the interpreter itself calls before atexit
        atexit._run_exitfuncs()
        status = _flushed(status)
    finally:
        os._exit(status)


def _exit_status(path: str) -> int:
    main = sys.modules["__main__"]
    main.__file__ = path
    try:
        exec(compile(_read(path), path, "exec", dont_inherit=True), main.__dict__)  # noqa: S102  it is what we are for
    except SystemExit as leaving:
        return _status_of(leaving.code)
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # noqa: BLE001  whatever the program raises ends it, as in the interpreter
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 1
    return 0


def _read(path: str) -> bytes:
    """The file at ``path``; a file object would touch three times as much memory."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    data = os.read(descriptor, os.fstat(descriptor).st_size)
    os.close(descriptor)
    return data


def _status_of(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _flushed(status: int) -> int:
    """``status``, or 120 where standard output could not be flushed, as the interpreter has it."""
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except (OSError, ValueError):
        status = 120
    try:
        if sys.stderr is not None and not sys.stderr.closed:
            sys.stderr.flush()
    except (OSError, ValueError):
        pass
    return status

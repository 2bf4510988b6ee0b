"""What the command lines share: whatever goes wrong ends in one line and the right exit code.

Nothing here imports torch or Hydra, so a mistake is answered at once.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from rnnlab import files
from rnnlab.cli.terminal import prepare
from rnnlab.errors import FULL, LONGEST, InputError, RunFailed, disk_full, shown
from rnnlab.runs.interrupt import STOP, Interrupted
from rnnlab.runs.run import first_process

BAD_INPUT, FAILED = 2, 1


Command = Callable[[list[str]], int]
"""What a command does with its words; the exit code."""


def command_line(text: str | None = None) -> Callable[[Command], Callable[..., int]]:
    """Makes a console script of a command, which takes its words from `sys.argv` where it is given none.

    text: what is printed instead where help is asked for, or nothing at all.
    """

    def scripted(command: Command) -> Callable[..., int]:
        def answered(arguments: list[str]) -> int:
            if text is None or (arguments and not {"-h", "--help"} & set(arguments)):
                return command(arguments)
            print(text.strip())
            return 0

        @functools.wraps(command)
        def main(arguments: Sequence[str] | None = None) -> int:
            return guarded(answered, arguments)

        return main

    return scripted


def guarded(command: Command, arguments: Sequence[str] | None) -> int:
    """Runs a command; whatever goes wrong ends in one line on stderr and the right exit code.

    Bad input is 2, a failed run or a full disk 1, a SIGINT 130, a SIGTERM 143. HYDRA_FULL_ERROR=1 shows the traceback
    instead.
    """
    code = _ended(command, arguments)
    try:
        if sys.stdout:
            sys.stdout.flush()  # when Python ends it would be too late to say what is wrong
    except OSError as error:
        return _not_printed(error) if code == 0 else _forget(sys.stdout, code)
    return code


def _ended(command: Command, arguments: Sequence[str] | None) -> int:
    _open_closed()
    STOP.listen()
    prepare()
    full = os.environ.get("HYDRA_FULL_ERROR") == "1"
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises what goes wrong instead of printing it
    try:
        _check_folder()
        return command(list(sys.argv[1:] if arguments is None else arguments))
    except InputError as error:
        if full:
            raise
        return complain(error, BAD_INPUT)
    except RunFailed as error:
        if full:
            raise
        if not first_process() and error.__cause__ is None:
            return 0  # the first process says it
        return complain(error, FAILED)
    except Interrupted as error:
        return complain(error, error.exit_code) if first_process() else 0
    except Exception as error:
        if isinstance(error, BrokenPipeError) or disk_full(error):
            return _not_printed(error)
        if full:
            raise
        what = f"unexpected {type(error).__name__}, {error}"
        return complain(f"{what}: a fault of rnnlab, HYDRA_FULL_ERROR=1 shows where", FAILED)
    finally:
        os.environ.pop("HYDRA_FULL_ERROR")
        if full:
            os.environ["HYDRA_FULL_ERROR"] = "1"


def _open_closed() -> None:
    """Gives standard streams that are closed a file that forgets; or the next file opened would be taken for one."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = files.nowhere("r" if name == "stdin" else "w")
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _check_folder() -> None:
    try:
        os.getcwd()
    except OSError as error:
        raise InputError(f"the current folder is gone, {error.strerror}", "cd to one that is there") from None


def complain(error: object, code: int) -> int:
    """One line on stderr."""
    try:
        print(f"rnnlab: error: {shown(' '.join(str(error).split()), LONGEST)}", file=sys.stderr, flush=True)
    except OSError:
        _forget(sys.stderr, code)
    return code


def _not_printed(error: Exception) -> int:
    """What is printed arrives nowhere: nothing reads it any more, or it goes into a file for which there is no room."""
    _forget(sys.stdout, FAILED)
    return FAILED if isinstance(error, BrokenPipeError) else complain(FULL, FAILED)


def _forget(stream: TextIO, code: int) -> int:
    """Lets what could not be printed vanish, about which Python would complain when it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(files.nowhere().fileno(), stream.fileno())
    return code

"""Trainings in forked children, so that signals and kills are real and the imports are paid for once."""

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rnnlab.train import main
from rnnlab.training import fit  # noqa: F401 - imported before forking, so a child starts at once


class Ended(NamedTuple):
    """How a child ended: exit code, signal that killed it or 0, its stderr, peak megabytes, processor seconds."""

    code: int
    signal: int
    err: str
    megabytes: float
    seconds: float


def run(
    arguments: list[str],
    prepare: Callable[[], object] = lambda: None,
    after: Callable[[int], object] = lambda _: None,
    command: Callable[[list[str]], int] = main,
) -> Ended:
    """A training, or another command.

    `prepare` runs in the child before it, and `after` in the parent, with the child's process id.
    What `prepare` returns is called after the command, where it is a function.
    """
    err = Path("stderr")
    err.write_text("")
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the rest of this process
            sys.stderr = open(err, "w", buffering=1)  # noqa: SIM115
            done = prepare()
            code = command(arguments)
            if callable(done):
                done()
            os._exit(code)
        os._exit(99)
    after(child)
    _, status, usage = os.wait4(child, 0)
    signum = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = -1 if signum else os.WEXITSTATUS(status)
    return Ended(code, signum, err.read_text(), usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def call(function: Callable[[], object]) -> None:
    """Calls a function in a child, where it can change what it likes."""
    child = os.fork()
    if child == 0:
        try:
            function()
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def at_call(where: object, name: str, count: int, act: Callable[[], object]) -> None:
    """Lets the `count`-th call of a function do `act` first."""
    original, left = getattr(where, name), [count]

    def call(*arguments, **options):
        left[0] -= 1
        if left[0] == 0:
            act()
        return original(*arguments, **options)

    setattr(where, name, call)


def runs() -> set[Path]:
    return set(Path("outputs").glob("*/*/*"))

"""Children: processes that do one thing by themselves, so that nothing it does can harm whoever started them.

They are forked, which is quick, as all is imported by then. Where a system has no fork, or does not bear one once torch
was used (macOS), they are started anew, which takes as long as importing torch does.
"""

import _thread
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from rnnlab import files
from rnnlab.runs.interrupt import SIGNALS, STOP, Interrupted

FORKS = hasattr(os, "fork") and sys.platform != "darwin"

IGNORED = [getattr(signal, name) for name in ("SIGUSR1", "SIGUSR2", "SIGCONT") if hasattr(signal, name)]
"""What a cluster says to the parent."""


class Child:
    """A process that calls a function, quietly, and says what that yields.

    It is told to stop through a pipe, and stops at the end of the pipe, too: whoever started it has died. A forked
    child holds the locks that are held where it is made, as long as it lives.
    """

    def __init__(self, act: Callable[..., Iterable[str] | None], *arguments: Any, others: Iterable["Child"] = ()):
        context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
        self.pipe, theirs = context.Pipe()
        ours = [self.pipe, *(child.pipe for child in others)] if FORKS else []
        self.process = context.Process(target=_live, args=(theirs, ours, act, arguments))
        with _held_back():
            self.process.start()
        theirs.close()

    @property
    def code(self) -> int | None:
        """How it ended: an exit code, or below 0 the signal that killed it; None while it has not."""
        code: int | None = self.process.exitcode
        return code

    def ended(self, seconds: float | None = None) -> bool:
        """Waits until it has ended, but not for longer than that; whether it has."""
        self.process.join(seconds)
        return self.code is not None

    def stop(self, signum: int) -> None:
        """Lets it do what a signal would."""
        with contextlib.suppress(OSError):
            self.pipe.send(signum)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    def said(self) -> str | None:
        """What it says next; None where it has ended."""
        try:
            word: str = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return word


def import_before() -> None:
    """Imports, where children are forked, what all of them need, once. Not to be called within `stoppable`."""
    if FORKS:
        from rnnlab.training import fit  # noqa: F401


def any_ended(children: Iterable[Child], seconds: float) -> list[Child]:
    """Waits until one of them has ended, but not for longer than that; those that have."""
    children = list(children)
    wait([child.process.sentinel for child in children], seconds)
    return [child for child in children if child.code is not None]


def _live(
    pipe: Connection, others: list[Connection], act: Callable[..., Iterable[str] | None], arguments: tuple[Any, ...]
) -> None:
    """What a child does. The other end of its pipe is with whoever started it, and nowhere else."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # so that a Ctrl-C reaches it once, through us
    for other in others:
        other.close()
    sys.stdout = sys.stderr = files.nowhere()
    for signum in IGNORED:
        signal.signal(signum, signal.SIG_IGN)
    STOP.listen()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=_obey, args=(pipe,), daemon=True).start()
    try:
        for word in act(*arguments) or ():
            pipe.send(word)
    except Interrupted as error:
        sys.exit(error.exit_code)


def _obey(pipe: Connection) -> None:
    signum: int = signal.SIGTERM
    with contextlib.suppress(EOFError, OSError):
        signum = pipe.recv()
    if STOP.requested is None:  # where there are no groups of processes, a Ctrl-C was for this one, too
        _thread.interrupt_main(signal.Signals(signum))


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """While this lasts, signals wait, also in a child that is started meanwhile."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

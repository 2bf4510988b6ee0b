"""Signals: a first SIGTERM or SIGINT stops a training at its next safe place, a second one ends it at once."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from enum import Enum

SIGNALS = {signal.SIGTERM: "SIGTERM", signal.SIGINT: "SIGINT"}

SAME = 1.0
"""Seconds in which a signal that comes again is the same one: Slurm sends it to every process, srun passes it on."""


class Interrupted(BaseException):
    """The process was asked to stop. `where` says what was saved and how to go on."""

    def __init__(self, signum: int, where: str = "nothing is lost"):
        self.signum, self.where = signum, where
        super().__init__(f"stopped by {SIGNALS[signal.Signals(signum)]}; {where}")

    @property
    def exit_code(self) -> int:
        return 128 + self.signum


class Mode(Enum):
    """What a first signal does: ends a process that has nothing to lose, is only noted, or raises Interrupted."""

    LEAVE = 0
    NOTE = 1
    RAISE = 2


def nothing() -> None:
    """There is nothing to tidy up."""


class Stop:
    """What signals have asked for. While it is only noted, `Saver` acts on it at a step border.

    ours: whether the process is rnnlab's own. Any other, as a notebook's, is never ended; Interrupted is raised.
    """

    def __init__(self) -> None:
        self.requested: int | None = None
        self.since = 0.0
        self.mode, self.ours = Mode.LEAVE, True
        self.tidy: Callable[[], object] = nothing

    def listen(self) -> None:
        """Takes over both signals, where that is possible (in the main thread)."""
        self.requested, self.mode, self.tidy = None, Mode.LEAVE, nothing
        self.claim()

    def claim(self) -> None:
        """Takes them over, also from whatever has them now."""
        if threading.current_thread() is threading.main_thread():
            for signum in SIGNALS:
                signal.signal(signum, self._handle)

    @contextlib.contextmanager
    def tidying(self, tidy: Callable[[], object]) -> Iterator[None]:
        """Calls a function at the end of this, also where a signal ends the process at once."""
        self.tidy = tidy
        try:
            yield
        finally:
            self.tidy = nothing
            tidy()

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[None]:
        """Takes them over for as long as this lasts, in a process that is somebody else's."""
        here = threading.current_thread() is threading.main_thread()
        before = {signum: signal.getsignal(signum) for signum in SIGNALS} if here else {}
        self.ours = False
        self.listen()
        try:
            yield
        finally:
            self.ours = True
            for signum, handler in before.items():
                signal.signal(signum, handler)

    @contextlib.contextmanager
    def during(self, mode: Mode) -> Iterator[None]:
        """While this lasts, a first signal does that; one that was only noted before raises where it now may."""
        before, self.mode = self.mode, mode
        try:
            if mode is Mode.RAISE and self.requested:
                raise Interrupted(self.requested)
            yield
        finally:
            self.mode = before

    def _handle(self, signum: int, frame: object) -> None:
        now = time.monotonic()
        if self.requested == signum and now - self.since < SAME:
            return
        again = self.requested is not None
        if again and self.ours:
            os._exit(128 + signum)
        self.requested, self.since = signum, now
        if self.mode is Mode.RAISE or (not self.ours and (again or self.mode is Mode.LEAVE)):
            raise Interrupted(signum)
        if self.mode is Mode.LEAVE:  # raised in the midst of imports, an exception might be taken for another
            with contextlib.suppress(Exception):
                self.tidy()
            os.write(2, f"rnnlab: error: {Interrupted(signum)}\n".encode())
            os._exit(128 + signum)


STOP = Stop()
"""The one of this process: signals belong to processes."""


def stoppable() -> contextlib.AbstractContextManager[None]:
    """Within this, a first signal raises Interrupted. Not around imports, which might take it for something else."""
    return STOP.during(Mode.RAISE)

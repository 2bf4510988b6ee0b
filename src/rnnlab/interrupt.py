"""Signals: a first SIGTERM or SIGINT stops a training at its next safe place, a second one ends it at once."""

import os
import signal
import threading

SIGNALS = {signal.SIGTERM: "SIGTERM", signal.SIGINT: "SIGINT"}


class Interrupted(BaseException):
    """The process was asked to stop. `where` says what was saved and how to go on."""

    def __init__(self, signum: int, where: str = "nothing was started"):
        self.signum, self.where = signum, where
        super().__init__(f"stopped by {SIGNALS[signal.Signals(signum)]}; {where}")

    @property
    def exit_code(self) -> int:
        return 128 + self.signum


class Stop:
    """What signals have asked for. While `patient`, a signal is only noted, for `Saver` to act on at a step border."""

    def __init__(self) -> None:
        self.requested: int | None = None
        self.patient = False

    def listen(self) -> None:
        """Takes over both signals, where that is possible (in the main thread)."""
        self.requested, self.patient = None, False
        if threading.current_thread() is threading.main_thread():
            for signum in SIGNALS:
                signal.signal(signum, self._handle)

    def _handle(self, signum: int, frame: object) -> None:
        if self.requested is not None:
            os._exit(128 + signum)
        self.requested = signum
        if not self.patient:
            raise Interrupted(signum)


STOP = Stop()
"""The one of this process: signals belong to processes."""

"""A training, begun from Python."""

import signal

from rnnlab.reports.records import Run
from rnnlab.training.interrupt import STOP, Interrupted
from rnnlab.training.start import start_here


def train(overrides: list[str], config_dir: str | None) -> Run:
    """One training in this process; the run that it made. Raises as `rnnlab.train`."""
    with STOP.borrowed():
        try:
            return Run(start_here(overrides, config_dir))
        except Interrupted as stop:
            raise (KeyboardInterrupt(str(stop)) if stop.signum == signal.SIGINT else stop) from None

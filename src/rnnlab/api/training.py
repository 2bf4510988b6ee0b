"""A training, begun from Python."""

import signal

from rnnlab.config.compose import compose
from rnnlab.errors import InputError
from rnnlab.reports.records import Run
from rnnlab.training.interrupt import STOP, Interrupted
from rnnlab.training.start import start


def train(overrides: list[str], config_dir: str | None) -> Run:
    """One training in this process; the run that it made. Raises as `rnnlab.train`."""
    config = compose(overrides, config_dir)
    if config.trainer.devices != 1 or config.trainer.nodes != 1:
        allowed = "1, or the command, which starts the others"
        raise InputError("a training from Python has one process", allowed, "trainer.devices", config.trainer.devices)
    with STOP.borrowed():
        try:
            return Run(start(config, overrides))
        except Interrupted as stop:
            raise (KeyboardInterrupt(str(stop)) if stop.signum == signal.SIGINT else stop) from None

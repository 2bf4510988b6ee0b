"""One training, as the command line and Python start it or go on with it: refused as early as it can be."""

import os
import signal
from pathlib import Path

from omegaconf import DictConfig

from rnnlab.config.compose import compose, overrides_of_job, plain
from rnnlab.config.flags import Command, taken
from rnnlab.config.schema import check_config
from rnnlab.config.trust import listed
from rnnlab.errors import InputError, one_of
from rnnlab.runs.interrupt import STOP, Interrupted
from rnnlab.runs.run import no_run, read_record
from rnnlab.training.changes import asked

OWN = ("resume", "resume_anyway", "trust")
"""What `resume=RUN_DIR` understands besides overrides."""


def job(config: DictConfig) -> None:
    """One training, as Hydra calls it."""
    start(config, overrides_of_job())


def start(config: DictConfig, overrides: list[str]) -> Path:
    """Trains what a config describes in a new folder, which is returned. overrides: what the config was made from.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind, and what can be told without torch is told
            before it is imported.
        RunFailed, Interrupted: as `rnnlab.training.fit.train`.
    """
    try:
        settings = plain(config, throw_on_missing=True)
    except Exception as error:
        raise InputError("the config cannot be resolved", str(error).splitlines()[0]) from None
    if "search" in settings:
        raise InputError("searches nothing", "add -m", "search", settings["search"]["method"])
    check_config(settings)
    from rnnlab.config import build  # imports torch, which costs a second or two

    parts = build.parts(settings)
    from rnnlab.training.fit import train  # imports Lightning, which costs as much again

    return train(parts, overrides)


def start_here(overrides: list[str], config_dir: str | None) -> Path:
    """A training in this process alone, as Python starts it.

    Raises:
        InputError, RunFailed, Interrupted: as `start`; InputError also where it would need other processes.
        KeyboardInterrupt: after a SIGINT.
    """
    config = compose(overrides, config_dir)
    if config.trainer.devices != 1 or config.trainer.nodes != 1:
        allowed = "1, or the command, which starts the others"
        raise InputError("a training from Python has one process", allowed, "trainer.devices", config.trainer.devices)
    with STOP.borrowed():
        try:
            return start(config, overrides)
        except Interrupted as stop:
            raise (KeyboardInterrupt(str(stop)) if stop.signum == signal.SIGINT else stop) from None


def go_on(given: Command) -> None:
    """`resume=RUN_DIR`: goes on with a run, with the run's own config; the other overrides say what shall be different.

    Raises:
        InputError, RunFailed, Interrupted: as `rnnlab.training.resume.resume`.
    """
    own, rest = taken(given.overrides, OWN)
    if given.sweeps or given.shows:
        allowed = "resume one run at a time, with no flag but --config-dir"
        raise InputError("cannot be combined", allowed, "resume", own["resume"])
    directory = Path(own["resume"])
    record = read_record(directory)
    if not record and not os.path.lexists(directory / "checkpoints"):
        raise no_run(directory)
    anyway = one_of("resume_anyway", own.get("resume_anyway", "false"), ("false", "true"))
    values = asked(rest, record, given.config_dir)
    from rnnlab.training import resume  # imports torch and Lightning, which costs seconds

    resume.resume(directory, values, anyway == "true", listed(own.get("trust", "")))

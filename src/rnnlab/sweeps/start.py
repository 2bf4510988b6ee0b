"""What a command line starts, or goes on with: a training, or a sweep of them."""

import os
from pathlib import Path
from typing import Any

from hydra.core.plugins import Plugins

from rnnlab.config import flags
from rnnlab.config.compose import composed, run, translating
from rnnlab.config.overrides import parsed
from rnnlab.errors import InputError
from rnnlab.runs.interrupt import Interrupted
from rnnlab.sweeps import directory
from rnnlab.sweeps.jobs import Sweep, folder
from rnnlab.sweeps.local import Grid
from rnnlab.sweeps.received import resumed
from rnnlab.sweeps.search.loop import Search
from rnnlab.training.start import go_on, job


def start(arguments: list[str]) -> int:
    """What was typed, from its start to its end; how many jobs of a sweep are not done.

    Raises:
        InputError, RunFailed, Interrupted: as what is started.
    """
    given = flags.read(arguments)
    keys = {text.partition("=")[0] for text in given.overrides}
    if "resume" in keys:
        go_on(given)
    elif "sweep.resume" in keys or given.sweeps:
        return many(given)
    else:
        run(job, given)
    return 0


def many(given: flags.Command) -> int:
    """A sweep of jobs: how many are not done; each one and its status are named, and a report is written.

    Raises:
        InputError: for whatever cannot be used; nothing is left behind.
        Interrupted: after a signal, when the running jobs have saved.
    """
    if given.shows:
        raise InputError("cannot be combined", "leave out the flags", "sweep.resume", f"--{given.shows}")
    goes_on = any(text.startswith("sweep.resume=") for text in given.overrides)
    key = "sweep.resume" if goes_on else "sweep.name"
    overrides, trust, known = resumed(given) if goes_on else (given.overrides, None, None)
    overrides, config, context = composed(overrides, given.config_dir, sweeps=True)
    overrides = directory.named(overrides, config)
    where = folder(config)
    if known is not None and Path(os.path.realpath(where)) != known:
        raise InputError("its record leads elsewhere", "the folder of a sweep", key, known)
    with directory.claimed(where, key), translating():
        launcher: Any = Plugins.instance().instantiate_launcher(context, job, config)
        if not hasattr(launcher, "anywhere"):  # no isinstance: Hydra makes a module of its plugins anew
            raise InputError("is not one of rnnlab's", "launcher=serial", "hydra/launcher", type(launcher).__name__)
        launcher.check(where)
        own = [text for text in overrides if not parsed(text).is_hydra_override()]
        asked = Sweep(context, config, where, own, trust)
        plan = Search(asked, launcher) if asked.searches else Grid(asked, launcher)
        directory.keep(where, overrides, given.config_dir)
        return _run(plan, where, directory.again(where, overrides, given.config_dir, config))


def _run(plan: Grid | Search, where: Path, again: str) -> int:
    """Runs what was planned, and says how it ended; how many jobs are not done."""
    try:
        plan.run()
    except Interrupted as stop:
        directory.end(where, plan.missing())
        raise Interrupted(stop.signum, f"go on with: {again}") from None
    bad = directory.end(where, plan.missing())
    from rnnlab.reports import report

    report.at_end(where)
    return bad

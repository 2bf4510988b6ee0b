"""`python -m rnnlab.train task=digitsum model=lstm`: one training, or with -m a sweep of them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.plugins import Plugins
from omegaconf import DictConfig

from rnnlab.cli.guard import FAILED, guarded
from rnnlab.config import flags
from rnnlab.config.compose import check_overrides, overrides_of_job, parsed, run_hydra, sweeping
from rnnlab.config.flags import Command
from rnnlab.config.trust import listed
from rnnlab.errors import InputError
from rnnlab.runs.run import no_run, read_record
from rnnlab.sweeps import directory
from rnnlab.sweeps.jobs import Sweep, folder
from rnnlab.sweeps.local import Grid
from rnnlab.sweeps.received import resumed
from rnnlab.sweeps.search.loop import Search
from rnnlab.training.changes import asked
from rnnlab.training.interrupt import Interrupted
from rnnlab.training.start import start

OWN = ("resume", "resume_anyway", "trust")
"""What `resume=RUN_DIR` understands besides overrides."""


def job(config: DictConfig) -> None:
    """One training, as Hydra calls it."""
    start(config, overrides_of_job())


def resume(given: Command) -> None:
    """`resume=RUN_DIR`: goes on with a run, with the run's own config; overrides say what shall be different."""
    own = {name: [a.partition("=")[2] for a in given.overrides if a.partition("=")[0] == name] for name in OWN}
    rest = [argument for argument in given.overrides if argument.partition("=")[0] not in OWN]
    for name, given_values in own.items():
        if len(given_values) > 1:
            raise InputError("given twice", "once", name, given_values[1])
    if given.sweeps or given.shows:
        allowed = "resume one run at a time, with no flag but --config-dir"
        raise InputError("cannot be combined", allowed, "resume", own["resume"][0])
    directory = Path(own["resume"][0])
    record = read_record(directory)
    if not record and not os.path.lexists(directory / "checkpoints"):
        raise no_run(directory)
    anyway = (own["resume_anyway"] or ["false"])[0]
    if anyway not in ("true", "false"):
        raise InputError("unknown choice", "allowed: false, true", "resume_anyway", anyway)
    trust = listed((own["trust"] or [""])[0])
    values = asked(rest, record, given.config_dir)
    from rnnlab.training import resume  # imports torch and Lightning, which costs seconds

    resume.resume(directory, values, anyway == "true", trust)


def many(given: Command) -> int:
    """A sweep: 0 where every job is done, otherwise 1; each job and its status are named, and a report is written."""
    goes_on = any(text.startswith("sweep.resume=") for text in given.overrides)
    key = "sweep.resume" if goes_on else "sweep.name"
    overrides, trust, known = resumed(given) if goes_on else (given.overrides, None, None)
    overrides = check_overrides(overrides, given.config_dir, sweeps=True)
    with sweeping(overrides, given.config_dir) as (context, config):
        overrides = directory.named(overrides, config)
        where = folder(config)
        if known is not None and Path(os.path.realpath(where)) != known:
            raise InputError("its record leads elsewhere", "the folder of a sweep", key, known)
        with directory.claimed(where, key):
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
    """Runs what was planned, and says how it ended."""
    try:
        plan.run()
    except Interrupted as stop:
        directory.end(where, plan.missing())
        raise Interrupted(stop.signum, f"go on with: {again}") from None
    bad = directory.end(where, plan.missing())
    from rnnlab.reports import report

    report.at_end(where)
    return FAILED if bad else 0


def command(arguments: list[str]) -> int:
    """The command line: a training, a sweep, or going on with either."""
    given = flags.read(arguments)
    sys.argv[1:] = arguments  # what the records of runs say was typed
    keys = {text.partition("=")[0] for text in given.overrides}
    if "resume" in keys:
        resume(given)
    elif "sweep.resume" in keys or given.sweeps:
        if given.shows:
            raise InputError("cannot be combined", "leave out the flags", "sweep.resume", given.shows[0])
        return many(given)
    else:
        run_hydra(job, given)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-train`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())

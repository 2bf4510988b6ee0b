"""`python -m rnnlab.train task=digitsum model=lstm`: one training, or with -m a sweep of them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from rnnlab import sweep, sweepfolder
from rnnlab.cli import FAILED, guarded
from rnnlab.composing import run_hydra, values_of
from rnnlab.errors import InputError, RunFailed
from rnnlab.jobs import job_of
from rnnlab.run import read_record
from rnnlab.schema import check_config

OWN = ("resume", "resume_anyway", "trust")
"""What `resume=RUN_DIR` understands besides overrides."""


def job(config: DictConfig) -> float:
    """One training, as Hydra calls it; the objective for whatever tunes it."""
    from hydra.core.hydra_config import HydraConfig

    try:
        settings = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except Exception as error:
        raise InputError("the config cannot be resolved", str(error).splitlines()[0]) from None
    hydra = HydraConfig.get()
    if hydra.mode == RunMode.MULTIRUN:  # a launcher that does not fork; ours never comes here
        return sweep.run_recorded(job_of(settings, int(hydra.job.num), list(hydra.overrides.task)))
    if "search" in settings:
        raise InputError("searches nothing", "add -m", "search", settings["search"]["method"])
    check_config(settings)
    from rnnlab import build  # imports torch, which costs a second or two

    parts = build.parts(settings)
    from rnnlab.training import train  # imports Lightning, which costs as much again

    return train(parts, list(hydra.overrides.task))


def resume(arguments: list[str]) -> None:
    """`resume=RUN_DIR`: goes on with a run, with the run's own config; overrides say what shall be different."""
    own = {name: [a.partition("=")[2] for a in arguments if a.partition("=")[0] == name] for name in OWN}
    rest = [argument for argument in arguments if argument.partition("=")[0] not in OWN]
    for name, given in own.items():
        if len(given) > 1:
            raise InputError("given twice", "once", name, given[1])
    if any(argument.startswith("-") for argument in rest):
        raise InputError("cannot be combined", "resume one run at a time, without flags", "resume", own["resume"][0])
    directory = Path(own["resume"][0])
    record = read_record(directory)
    if not record:
        raise InputError("no run there", "the folder of a run, which holds a run.json", "resume", directory)
    anyway = (own["resume_anyway"] or ["false"])[0]
    if anyway not in ("true", "false"):
        raise InputError("unknown choice", "allowed: false, true", "resume_anyway", anyway)
    trust = [name for name in (own["trust"] or [""])[0].strip("[]").replace(" ", "").split(",") if name]
    choices = {group: str(record[group]) for group in ("task", "model") if group in record}
    values = values_of(rest, choices) if rest else {}
    from rnnlab import training  # imports torch and Lightning, which costs seconds

    training.resume(directory, values, anyway == "true", trust)


def many(arguments: list[str]) -> int:
    """A sweep: 0 where every job is done, otherwise 1; each job and its status are named, and a report is written."""
    arguments, where = sweepfolder.begin(arguments)
    if not {"-m", "--multirun"} & set(arguments):
        raise InputError("not a sweep", "add -m", "sweep.resume", where)
    earlier = sweepfolder.kept(where)
    try:
        run_hydra(job, arguments, ready=lambda: sweepfolder.keep(where, arguments))
    except RunFailed:
        pass  # named below, with all the others
    except InputError:
        if earlier:
            sweepfolder.keep(where, earlier)  # what is refused must not become what sweep.resume goes on with
        raise
    finally:
        jobs, bad = sweepfolder.end(where)
    if jobs:  # neither interrupted nor refused
        from rnnlab import report

        report.at_end(where)
    return FAILED if bad else 0


def command(arguments: list[str]) -> int:
    """The command line: a training, a sweep, or going on with either."""
    if any(argument.startswith("resume=") for argument in arguments):
        resume(arguments)
    elif {"-m", "--multirun"} & set(arguments) or any(text.startswith("sweep.resume=") for text in arguments):
        return many(arguments)
    else:
        run_hydra(job, arguments)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-train`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())

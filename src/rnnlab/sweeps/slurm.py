"""What a sweep asks of Slurm, by its own commands: which jobs are in the queue, drop those, start this one again."""

import os
import re
import subprocess
from pathlib import Path

from rnnlab.errors import InputError

NOTES = ".submitit"
"""The folder in a sweep's own where submitit keeps a folder of each job, `<sixteen digits>/<its number in Slurm>`.

submitit reads what a job returns as code, from a folder whose name is easy to guess; the digits are chosen by chance
for each launch, so nobody can have put something there before.
"""


def numbers(where: Path) -> set[str]:
    """The numbers of all jobs that a sweep ever put into the queue."""
    return {path.name for path in (where / NOTES).glob("*/*") if re.fullmatch(r"\d+(_\d+)?", path.name)}


def queued(where: Path, completing: bool = True) -> set[str]:
    """The numbers of a sweep's jobs that wait, run or, if asked for, are about to leave; all, if squeue is mute."""
    ours = numbers(where)
    listed = _said("squeue", "--me", "--noheader", "--array", "--format=%i %t") if ours else ""
    if listed is None:
        return ours
    states = dict(line.split() for line in listed.splitlines())
    return {number for number in ours if number in states and (completing or states[number] != "CG")}


def check_queue(where: Path) -> None:
    """Refuses a sweep that has jobs in the queue, or whose notes would be put elsewhere. Raises InputError."""
    if os.path.islink(where / NOTES):
        raise InputError("is a link", "a folder, or none yet", NOTES, where / NOTES)
    if queued(where, completing=False):
        raise InputError("is still in Slurm's queue", "wait for its jobs, or scancel them", "sweep.name", where.name)


def drop_waiting(where: Path) -> None:
    """Takes the jobs of a sweep that have not begun out of the queue."""
    left = sorted(queued(where))
    if left:
        _said("scancel", "--state=PENDING", *left)


def inside() -> bool:
    """Whether this process is a job that submitit started in Slurm."""
    return os.environ.get("SUBMITIT_EXECUTOR") == "slurm"


def start_again() -> None:
    """Puts the job that this process is back into the queue, where Slurm itself has not decided what becomes of it.

    A job that ends in the grace before a preemption counts as ended, and is not put back by Slurm.
    """
    number = os.environ["SLURM_JOB_ID"]
    if " JobState=RUNNING " in (_said("scontrol", "show", "job", "--oneliner", number) or ""):
        _said("scontrol", "requeue", number)


def _said(*command: str) -> str | None:
    """What a command prints; None where it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None

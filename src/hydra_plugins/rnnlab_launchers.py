"""Hydra finds its launchers in this namespace; rnnlab's are only named here (what they do is in rnnlab)."""

import logging
import os
import secrets
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from omegaconf import OmegaConf


class Ours(Launcher):
    """Who runs the jobs of rnnlab's sweeps.

    anywhere: whether that may be another machine, whose GPU this one lacks.
    """

    anywhere = True

    def __init__(self, **settings: Any):
        self.settings = settings

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        """Nothing: what a sweep is comes with `run`."""

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        raise NotImplementedError("Hydra's own sweepers are not used")

    def check(self, where: Path) -> None:
        """That a sweep in `where` could begin now. Raises InputError."""

    @abstractmethod
    def run(self, sweep: Any, jobs: list[Any]) -> None:
        """Runs what is left of some jobs of a sweep; how each ended stands in its folder.

        Raises:
            InputError: where none can be started.
            Interrupted: after a signal, when the running jobs have saved.
        """


class ForkingLauncher(Ours):
    """Every job in a forked child: one import for all, and no job can harm another. `jobs`: how many at once."""

    anywhere = False

    def check(self, where: Path) -> None:
        from rnnlab.sweeps.local import check_jobs

        check_jobs(self.settings["jobs"])

    def run(self, sweep: Any, jobs: list[Any]) -> None:
        from rnnlab.sweeps.local import run_all

        run_all(jobs, self.settings["jobs"], quiet=sweep.searches)


class Elsewhere(Ours):
    """Another package's launcher, with what every sweep of rnnlab has."""

    queue, children = False, False

    def check(self, where: Path) -> None:
        if self.queue:
            from rnnlab.sweeps.slurm import check_queue

            check_queue(where)

    def run(self, sweep: Any, jobs: list[Any]) -> None:
        from rnnlab.sweeps.remote import run_all

        self.check(sweep.where)  # a search's earlier jobs may be queued
        run_all(self.wrapped(), sweep, jobs, self.queue, self.children)

    @abstractmethod
    def wrapped(self) -> Launcher:
        """The launcher that does the work."""


class JoblibLauncher(Elsewhere):
    """Several jobs at once on this machine, in joblib's processes."""

    children = True

    def wrapped(self) -> Launcher:
        from hydra_plugins.hydra_joblib_launcher.joblib_launcher import JoblibLauncher

        return JoblibLauncher(**self.settings)


class SlurmLauncher(Elsewhere):
    """Each job in one of Slurm's, through submitit."""

    queue = True

    def wrapped(self) -> Launcher:
        from hydra_plugins.hydra_submitit_launcher.submitit_launcher import SlurmLauncher
        from submitit import SlurmJob

        logging.getLogger("submitit").setLevel(logging.CRITICAL)
        SlurmJob.watcher._make_command = lambda: None  # not sacct, which needs accounting: rnnlab asks squeue
        notes = str(self.settings["submitit_folder"]).replace(
            "%j", f"{secrets.token_hex(8)}/%j"
        )  # see rnnlab.sweeps.slurm
        return SlurmLauncher(**self.settings | {"submitit_folder": notes})


class RayLauncher(Elsewhere):
    """Each job in a task of Ray, on this machine or on a cluster of Ray's."""

    def wrapped(self) -> Launcher:
        from hydra_plugins.hydra_ray_launcher.ray_launcher import RayLauncher

        start = dict(self.settings["ray"].init)
        if start["address"] == "local":
            os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # listens on loopback only, as there
        else:
            start |= {"num_cpus": None, "object_store_memory": None}  # a cluster that is there has its own
        return RayLauncher(ray=OmegaConf.create({"init": start, "remote": self.settings["ray"].remote}))

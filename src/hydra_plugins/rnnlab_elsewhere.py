"""Hydra finds its launchers in this namespace; these wrap those of other packages in what rnnlab.elsewhere adds."""

import logging
import os
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from omegaconf import OmegaConf


class Elsewhere(Launcher):
    """Another package's launcher, with what every sweep of rnnlab has."""

    queue = False

    def __init__(self, **settings: Any):
        self.settings = settings

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        self.hydra_context, self.config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        from rnnlab.elsewhere import launch

        return launch(self.wrapped(), self.hydra_context, self.config, job_overrides, initial_job_idx, self.queue)

    @abstractmethod
    def wrapped(self) -> Launcher:
        """The launcher that does the work."""


class JoblibLauncher(Elsewhere):
    """Several jobs at once on this machine, in joblib's processes."""

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
        return SlurmLauncher(**self.settings)


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

"""Hydra finds its launchers in this namespace; ours is only named here (everything that runs is in rnnlab.sweep)."""

from collections.abc import Sequence
from typing import Any

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher


class ForkingLauncher(Launcher):
    """Runs every job of a sweep in a forked child: one import for all, and no job can harm another.

    jobs: how many run at once.
    """

    def __init__(self, jobs: int = 1):
        self.jobs = jobs

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        from rnnlab.sweep import launch

        return launch(self.hydra_context, self.config, job_overrides, initial_job_idx, self.jobs)

"""Hydra finds its sweepers in this namespace; ours is only named here (everything that runs is in rnnlab.search)."""

from typing import Any

from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper


class SearchSweeper(Sweeper):
    """Chooses the jobs of a sweep, a few at a time, from a space; the launcher runs them."""

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        self.hydra_context, self.config = hydra_context, config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> None:
        from rnnlab.search.loop import search

        search(self.hydra_context, self.config, self.launcher, arguments)

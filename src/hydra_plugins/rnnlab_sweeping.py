"""Hydra finds its sweepers in this namespace; a search is only named here (all that runs is in rnnlab.search)."""

from collections.abc import Sequence
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper


class Sweeping(BasicSweeper):
    """Every combination of the values given, as Hydra's own sweeper has it; where there is a `search`, its trials."""

    def sweep(self, arguments: list[str]) -> Any:
        if self.config.get("search") is None:
            return super().sweep(arguments)
        from rnnlab.search.loop import search

        return search(self.hydra_context, self.config, self.launcher, arguments)

    def validate_batch_is_legal(self, batch: Sequence[Sequence[str]]) -> None:
        """Nothing: the launchers compose every job before the first one starts."""

"""rnnlab: experiments with recurrent networks.

What Python gets is here, and docs/python.md shows it; each function imports what it needs when it is called.
"""

import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rnnlab.errors import InputError

if TYPE_CHECKING:
    from rnnlab.api.model import Model
    from rnnlab.api.runs import Run, Runs

__all__ = ["InputError", "load", "runs", "train"]


def load(run: str | os.PathLike[str], trust: Sequence[str] = ()) -> "Model":
    """The best model of a run, given its folder, or that of a checkpoint; see `rnnlab.api.model.Model`.

    trust: packages whose classes it may name, besides rnnlab itself.

    Raises:
        InputError: where there is none, or it is damaged, hostile, or of a package that is not trusted.
    """
    from rnnlab.api import model

    return model.load(run, list(trust))


def train(*overrides: str, config_dir: str | os.PathLike[str] | None = None) -> "Run":
    """Trains as `python -m rnnlab.train` does with these overrides, in this process; the run that it made.

    config_dir: a folder of configs of one's own, as --config-dir names it.

    Raises:
        InputError: for whatever the command refuses, with the same line.
        rnnlab.errors.RunFailed: where the training itself fails.
        KeyboardInterrupt: after an interrupt, when everything is saved; it says how to go on.
    """
    from rnnlab.api import training

    return training.train(list(overrides), None if config_dir is None else str(config_dir))


def runs(*folders: str | os.PathLike[str]) -> "Runs":
    """All the runs in and below some folders, by default `outputs`; what cannot be read is left out, with a warning.

    Raises:
        InputError: for what is no folder, or has no run in it.
    """
    from rnnlab.api import runs

    return runs.find(folders or ("outputs",))


class _Package(ModuleType):
    """This package: `train` and `runs` stay functions when Python imports the modules of these names."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

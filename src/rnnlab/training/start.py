"""One training from a composed config, as the command line and Python start it: refused as early as it can be."""

from pathlib import Path

from omegaconf import DictConfig

from rnnlab.config.compose import plain
from rnnlab.config.schema import check_config
from rnnlab.errors import InputError


def start(config: DictConfig, overrides: list[str]) -> Path:
    """Trains what a config describes in a new folder, which is returned. overrides: what the config was made from.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind, and what can be told without torch is told
            before it is imported.
        RunFailed, Interrupted: as `rnnlab.training.fit.train`.
    """
    try:
        settings = plain(config, throw_on_missing=True)
    except Exception as error:
        raise InputError("the config cannot be resolved", str(error).splitlines()[0]) from None
    if "search" in settings:
        raise InputError("searches nothing", "add -m", "search", settings["search"]["method"])
    check_config(settings)
    from rnnlab.config import build  # imports torch, which costs a second or two

    parts = build.parts(settings)
    from rnnlab.training.fit import train  # imports Lightning, which costs as much again

    return train(parts, overrides)

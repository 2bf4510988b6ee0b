"""`python -m rnnlab.train task=digitsum model=lstm`: one training, or with -m a sweep of them."""

import sys
from collections.abc import Sequence

from omegaconf import DictConfig, OmegaConf

from rnnlab.cli import guarded, run_hydra
from rnnlab.errors import InputError


def job(config: DictConfig) -> float:
    """One training, as Hydra calls it; the objective for whatever tunes it."""
    from hydra.core.hydra_config import HydraConfig

    try:
        settings = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except Exception as error:
        raise InputError("the config cannot be resolved", str(error).splitlines()[0]) from None
    from rnnlab.training import train  # imports torch and Lightning, which costs seconds

    return train(settings, list(HydraConfig.get().overrides.task))


def command(arguments: list[str]) -> int:
    run_hydra(job, arguments)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-train`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())

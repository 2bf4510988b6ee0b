"""`python -m rnnlab.train task=digitsum model=lstm`: one training, or with -m a sweep of them."""

import sys

from omegaconf import DictConfig

from rnnlab.cli.guard import FAILED, command_line
from rnnlab.config import flags
from rnnlab.config.compose import overrides_of_job, run
from rnnlab.sweeps.start import many
from rnnlab.training.start import go_on, start


def job(config: DictConfig) -> None:
    """One training, as Hydra calls it."""
    start(config, overrides_of_job())


@command_line()
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-train`: a training, a sweep, or going on with either."""
    given = flags.read(arguments)
    sys.argv[1:] = arguments  # what the records of runs say was typed
    keys = {text.partition("=")[0] for text in given.overrides}
    if "resume" in keys:
        go_on(given)
    elif "sweep.resume" in keys or given.sweeps:
        return FAILED if many(given, job) else 0
    else:
        run(job, given)
    return 0


if __name__ == "__main__":
    sys.exit(main())

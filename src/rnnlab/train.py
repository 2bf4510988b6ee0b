"""`python -m rnnlab.train task=digitsum model=lstm`: one training, or with -m a sweep of them."""

import sys

from rnnlab.cli.guard import FAILED, command_line
from rnnlab.sweeps.start import start


@command_line()
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-train`: a training, a sweep, or going on with either."""
    sys.argv[1:] = arguments  # what the records of runs say was typed
    return FAILED if start(arguments) else 0


if __name__ == "__main__":
    sys.exit(main())

"""All examples of a task's lengths, written as a csv.

python -m rnnlab.dataset task=digitsum [data.lengths=[2,3,4]] out=FILE
"""

import sys

from rnnlab.cli.arguments import new_file, write
from rnnlab.cli.guard import command_line
from rnnlab.config.compose import compose, plain
from rnnlab.config.flags import taken


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-dataset`."""
    own, overrides = taken(arguments, ("out",))
    path = new_file("out", own.get("out", ""))
    config = plain(compose(overrides))

    from rnnlab.config import build  # imports torch

    lines = build.listing(config)
    write(path.parent, {path.name: "".join(lines)})
    print(f"{len(lines):,} examples in {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

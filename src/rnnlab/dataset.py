"""`python -m rnnlab.dataset task=digitsum out=FILE`: writes all examples of a task's lengths as a csv."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rnnlab.cli.guard import guarded
from rnnlab.config.compose import compose, plain
from rnnlab.errors import InputError


def command(arguments: list[str]) -> int:
    """The command line: what is asked for, written."""
    if not arguments or {"-h", "--help"} & set(arguments):
        print("python -m rnnlab.dataset task=digitsum [data.lengths=[2,3,4]] out=FILE\n\n" + str(__doc__))
        return 0
    out = [argument.removeprefix("out=") for argument in arguments if argument.startswith("out=")]
    if len(out) != 1 or not out[0]:
        raise InputError("no file to write", "give it once, as out=FILE", "out", "".join(out))
    path = Path(out[0])
    if os.path.isdir(path) or not os.path.isdir(path.absolute().parent):
        raise InputError("cannot be written", "a file in a folder that is there", "out", path)
    config = plain(compose([a for a in arguments if not a.startswith("out=")]))

    from rnnlab.batch import stack
    from rnnlab.config import build  # imports torch
    from rnnlab.data.lengths import check_lengths
    from rnnlab.tasks.digit_csv import write_csv
    from rnnlab.tasks.digitsum import DigitSum

    task = build.task(config)
    if not isinstance(task, DigitSum):
        raise InputError("cannot be written as digits and sum", "task=digitsum", "task", config["task"]["name"])
    try:
        lengths = task.lengths or check_lengths("lengths", config["data"]["lengths"], task)
        examples = stack([task.every(length) for length in lengths])
        write_csv(path, examples)
    except InputError as error:
        raise InputError(error.what, error.allowed, "data.lengths", config["data"]["lengths"]) from None
    except OSError as error:
        raise InputError(f"cannot be written, {error.strerror}", "a writable file", "out", path) from None
    print(f"{len(examples.targets):,} examples in {path}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-dataset`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())

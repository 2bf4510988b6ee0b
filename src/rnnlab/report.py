"""`python -m rnnlab.report DIR... [objective=exact_match/test] [out=FOLDER]`: what many runs say together.

Searches the folders for runs and prints a table of each task, best first: what the runs differ in, the mean over seeds
with its interval, and whether the best is better than the others or may be so by chance; of a search (search=optuna,
random, grid) also its best trial, its history and which parameter mattered.
Writes report.html (a page with curves), report.md, report.tex, report.csv and report_runs.csv (every score of every
run) into `out`, by default the first folder; out=null writes nothing. Without an objective, runs on text are sorted by
bits_per_character/test, others by exact_match/test. Curves are drawn over=steps, epochs, examples or seconds.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rnnlab.cli.guard import guarded
from rnnlab.errors import InputError, nearest, one_of
from rnnlab.reports.curves import OVER
from rnnlab.reports.report import show

OPTIONS = ("objective", "out", "over")


def command(arguments: list[str]) -> int:
    """The command line."""
    if not arguments or {"-h", "--help"} & set(arguments):
        print(str(__doc__).strip())
        return 0
    folders, given = parse(arguments)
    out = given.get("out", folders[0])
    over = one_of("over", given.get("over", "steps"), OVER)
    show(folders, None if out == "null" else Path(out), given.get("objective"), over)
    return 0


def parse(arguments: list[str]) -> tuple[list[Path], dict[str, str]]:
    """Folders and options; a word with `=` is an option unless there is a folder of that name."""
    folders: list[Path] = []
    given: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-"):
            allowed = f"give folders, {', '.join(f'{option}=...' for option in OPTIONS)}"
            raise InputError("unknown flag", allowed, "argument", argument)
        if not equals or os.path.isdir(argument):
            folders.append(Path(argument))
        elif name not in OPTIONS:
            raise InputError("unknown key", nearest(name, OPTIONS), name, value)
        elif name in given or not value:
            raise InputError("given twice" if value else "no value", f"once, as {name}=...", name, value)
        else:
            given[name] = value
    if not folders:
        raise InputError(
            "no folder given", "at least one folder of runs, like outputs", "argument", " ".join(arguments)
        )
    return folders, given


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-report`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())

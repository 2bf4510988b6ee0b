"""`python -m rnnlab.report DIR... [objective=exact_match/test] [out=FOLDER]`: what many runs say together.

Searches the folders for runs and prints a table of each task, best first: what the runs differ in, the mean over seeds
with its interval, and whether the best is better than the others or may be so by chance; of a search (search=optuna,
random, grid) also its best trial, its history and which parameter mattered.
Writes report.html (a page with curves), report.md, report.tex, report.csv and report_runs.csv (every score of every
run) into `out`, by default the first folder; out=null writes nothing. Without an objective, runs on text are sorted by
bits_per_character/test, others by exact_match/test. Curves are drawn over=steps, epochs, examples or seconds.
"""

import sys
from pathlib import Path

from rnnlab.cli.arguments import folders
from rnnlab.cli.guard import command_line
from rnnlab.reports.report import show


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-report`."""
    found, given = folders(arguments, ("objective", "out", "over"))
    out = given.get("out", found[0])
    show(found, None if out == "null" else Path(out), given.get("objective"), given.get("over", "steps"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

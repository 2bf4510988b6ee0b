"""`python -m rnnlab.report DIR... [objective=exact_match/test] [out=FOLDER]`: what many runs say together.

Searches the folders for runs, groups them by what they differ in, aggregates over seeds and prints a table, best first;
of a search (search=optuna, random, grid) also its best trial, its history and which parameter mattered.
Writes report.html (a page with curves), report.md and report.csv into `out`, by default the first folder; out=null
writes nothing. Without an objective, runs on text are sorted by bits_per_character/test, others by exact_match/test.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from rnnlab import files
from rnnlab.cli import guarded
from rnnlab.errors import InputError, nearest, shown, warn
from rnnlab.reporting import page, searches, study, tables
from rnnlab.reporting.comparing import Comparison, compare
from rnnlab.reporting.reading import find, read

OPTIONS = ("objective", "out")
WIDTH = 160
"""Columns of what is printed into a file."""


def write(comparison: Comparison, out: Path, studies: list[study.Study]) -> list[Path]:
    """Puts the page, the Markdown and the csv into a folder.

    Raises:
        InputError: where that cannot be done.
    """
    texts = {
        "html": page.html(comparison, out, searches.html(studies, out)),
        "md": tables.markdown(comparison, out) + searches.markdown(studies),
        "csv": tables.as_csv(comparison),
    }
    paths = [out / f"report.{ending}" for ending in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        try:
            out.mkdir(parents=True, exist_ok=True)
            files.write(path, text)
        except OSError as error:
            what = f"{path.name} cannot be written, {error.strerror}"
            raise InputError(what, "a writable folder", "out", out) from None
    return paths


def command(arguments: list[str]) -> int:
    """The command line."""
    if not arguments or {"-h", "--help"} & set(arguments):
        print(str(__doc__).strip())
        return 0
    folders, given = parse(arguments)
    out = given.get("out", folders[0])
    show(folders, None if out == "null" else Path(out), given.get("objective"))
    return 0


def show(folders: list[Path], out: Path | None, objective: str | None = None) -> None:
    """Prints what the runs in `folders` say together, and writes it into `out`.

    Raises:
        InputError: where there is no run, none has the objective, or nothing can be written.
    """
    runs, skipped = read(find(folders))
    if not runs:
        raise InputError("no readable run", "a run.json of rnnlab", "argument", ": ".join(map(str, skipped[0])))
    studies, unread = study.find(folders)
    comparison = compare(runs, objective, [*skipped, *unread])
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    for part in (*tables.terminal(comparison), *searches.terminal(studies)):
        console.print(part, highlight=False, markup=False)
    for path in write(comparison, out, studies) if out else ():
        print(f"wrote {shown(path, 1000)}", flush=True)


def at_end(sweep: Path) -> None:
    """The report at the end of a sweep, into its own folder. Where it fails, one line says so: the sweep is done."""
    try:
        show([sweep], sweep)
    except BrokenPipeError:
        raise
    except Exception as error:
        reason = error if isinstance(error, InputError) else f"{type(error).__name__}, {error}"
        warn(f"no report: {reason}")


def parse(arguments: list[str]) -> tuple[list[Path], dict[str, str]]:
    """Folders and options; a word with `=` is an option unless there is a folder of that name."""
    folders: list[Path] = []
    given: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-"):
            raise InputError("unknown flag", "give folders, objective=..., out=...", "argument", argument)
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

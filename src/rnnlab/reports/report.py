"""The report as a whole: on the terminal and as files, when asked for and at the end of a sweep."""

from pathlib import Path

from rich.console import Console

from rnnlab import files
from rnnlab.errors import InputError, shown, warn
from rnnlab.reports import page, searches, study, tables
from rnnlab.reports.comparison import Comparison, compare
from rnnlab.reports.records import find, read

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

"""The report as a whole: on the terminal and as files, when asked for and at the end of a sweep."""

from pathlib import Path

from rich.console import Console

from rnnlab import files
from rnnlab.errors import InputError, one_of, shown, warn
from rnnlab.reports import page, run_page, searches, spreadsheets, study, terminal, texts
from rnnlab.reports.comparison import Report, compare
from rnnlab.reports.curves import OVER
from rnnlab.reports.links import Links
from rnnlab.reports.records import find, read

RUNS, PAGES = "report_runs", 200
"""The folder beside the report in which its first so many runs have a page each."""

WIDTH = 160
"""Columns of what is printed into a file."""


def write(report: Report, out: Path, studies: list[study.Study], over: str) -> list[Path]:
    """Puts the page, those of its runs, the tables as Markdown, LaTeX and csv, and every score into a folder.

    Raises:
        InputError: where that cannot be done.
    """
    rows = [(run, row.name) for one in report.comparisons for row in one.rows for run in row.runs][:PAGES]
    pages = {run.folder: f"{RUNS}/{place:04d}.html" for place, (run, _) in enumerate(rows, 1)}
    links = Links(out, pages)
    written = {
        "report.html": page.html(report, links, over, searches.html(studies, links)),
        "report.md": texts.markdown(report, out) + searches.markdown(studies),
        "report.tex": texts.latex(report),
        "report.csv": spreadsheets.rows(report),
        "report_runs.csv": spreadsheets.runs(report, out),
    }
    written |= {pages[run.folder]: run_page.html(run, name, Links(out / RUNS), over) for run, name in rows}
    for name, text in written.items():
        try:
            out.mkdir(parents=True, exist_ok=True)
            files.write(out / name, text, within=out)
        except OSError as error:
            what = f"{name} cannot be written, {error.strerror}"
            raise InputError(what, "a writable folder", "out", out) from None
    for old in (out / RUNS).glob("[0-9]*.html"):
        if f"{RUNS}/{old.name}" not in written:
            old.unlink()  # of a report on more runs
    return [out / name for name in written if "/" not in name]


def show(folders: list[Path], out: Path | None, objective: str | None = None, over: str = "steps") -> None:
    """Prints what the runs in `folders` say together, and writes it into `out`, its curves drawn over one of OVER.

    Raises:
        InputError: where there is no run, none has the objective, or nothing can be written.
    """
    one_of("over", over, OVER)
    runs, skipped = read(find(folders))
    if not runs:
        raise InputError("no readable run", "a run.json of rnnlab", "argument", ": ".join(map(str, skipped[0])))
    studies, unread = study.find(folders)
    report = compare(runs, objective, [*skipped, *unread])
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    for part in (*terminal.terminal(report, console.width), *searches.terminal(studies)):
        console.print(part, highlight=False, markup=False)
    for path in write(report, out, studies, over) if out else ():
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

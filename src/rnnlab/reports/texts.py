"""The report as text for other programs to set: Markdown and LaTeX."""

from pathlib import Path

from rnnlab.reports import inside, tables
from rnnlab.reports.comparison import Report
from rnnlab.reports.table import in_latex, in_markdown


def markdown(report: Report, out: Path) -> str:
    """A page with the tables; folders are named as they are reached from the folder `out`."""
    lines = [f"# Report: {in_markdown(tables.common(report))}", "", in_markdown(tables.headline(report)) + "."]
    for one in report.comparisons:
        lines += ["", f"## {in_markdown(tables.title(one))}", "", *tables.results(one).markdown(), ""]
        lines += _items(tables.remarks(one))
        if one.versus:
            lines += ["", in_markdown(tables.answer(one)) + ".", "", *tables.against_best(one).markdown()]
        within = tables.looked_into(one)
        lines += ["", *within.markdown(), "", in_markdown(inside.METHOD) + "."] if within.rows else []
    lines += ["", "## How it is computed", "", *_items([*tables.METHODS, *report.notes])]
    bad = [f"{tables.relative(folder, out)}: {why}" for folder, why in tables.troubles(report)]
    return "\n".join([*lines, *(["", "## Not done, or not read", "", *_items(bad)] if bad else [])]) + "\n"


def latex(report: Report) -> str:
    """Tables with the rules of booktabs, two for each task, ready for \\input."""
    lines = [r"% needs \usepackage{booktabs}", *(f"% {in_latex(line)}" for line in tables.METHODS)]
    for one in report.comparisons:
        lines += ["", *_floating(tables.title(one), tables.results(one).only(tables.MEASURES[:7]).latex())]
        if one.versus:
            lines += ["", *_floating(tables.answer(one), tables.against_best(one).latex())]
        within = tables.looked_into(one)
        lines += ["", *_floating(f"Inside the runs. {inside.METHOD}", within.latex())] if within.rows else []
    return "\n".join(lines) + "\n"


def _items(lines: list[str]) -> list[str]:
    return [f"- {in_markdown(line)}" for line in lines]


def _floating(caption: str, table: list[str]) -> list[str]:
    return [r"\begin{table}", r"\centering", rf"\caption{{{in_latex(caption)}.}}", *table, r"\end{table}"]

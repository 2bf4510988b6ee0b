"""The report on a terminal, as wide as that is."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table as RichTable
from rich.text import Text

from rnnlab.reports import inside, tables
from rnnlab.reports.comparison import Comparison, Report
from rnnlab.reports.table import Table

FEW = 50
"""Rows, and runs that are named; the files hold all."""

PAIRS = 5
"""Rows of a table of differences; where there are more, the first table says enough for a terminal."""


def terminal(report: Report, width: int) -> list[RichTable | Text]:
    """What to print: each task by itself, best row first, then what there is to know."""
    parts: list[RichTable | Text] = [Text(tables.headline(report))]
    for one in report.comparisons:
        parts += _task(one, width)
    lines = [tables.SHORTLY, *report.notes]
    lines += tables.few((f"{tables.relative(folder)}: {why}" for folder, why in tables.troubles(report)), FEW)
    return [*parts, Text(), *map(Text, lines)]


def _task(comparison: Comparison, width: int) -> list[RichTable | Text]:
    parts: list[RichTable | Text] = [Text(), Text(tables.title(comparison))]
    table = tables.results(comparison)
    if _width(table.only(tables.ALWAYS)) > width:
        table = tables.results(comparison, short=True)
    table, missing = fitting(table._replace(rows=table.rows[:FEW]), width)
    lines = [f"{len(comparison.rows) - FEW:,} more rows"] if len(comparison.rows) > FEW else []
    if missing:
        lines.append(f"no room for: {', '.join(missing)}")
    lines += tables.remarks(comparison)
    parts += [table.terminal(), *map(Text, lines)]
    if comparison.versus:
        parts.append(Text(tables.answer(comparison)))
        pairs, _ = fitting(tables.against_best(comparison), width, ("difference", "95 % interval"))
        tested = any(one.p is not None for one in comparison.versus)
        parts += [pairs.terminal()] if tested and len(pairs.rows) <= PAIRS else []
    within = tables.looked_into(comparison)
    if within.rows:
        shown = fitting(within._replace(rows=within.rows[:FEW]), width, ("n", "mean"))[0]
        parts += [shown.terminal(), Text(inside.METHOD)]
    return parts


def fitting(table: Table, width: int, always: Sequence[str] = tables.ALWAYS) -> tuple[Table, list[str]]:
    """As many columns as there is room for, in the order of `MEASURES`, and those that are left out."""
    chosen, missing = list(always), list[str]()
    for name in table.headers[table.texts :]:
        if name not in chosen:
            (chosen if _width(table.only([*chosen, name])) <= width else missing).append(name)
    return table.only(chosen), missing


def _width(table: Table) -> int:
    """Characters of a line, where none is broken."""
    columns = zip(table.headers, *table.rows, strict=True)
    return sum(max(map(cell_len, column)) + 3 for column in columns) + 1

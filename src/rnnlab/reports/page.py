"""The comparison as one page of HTML: no script, nothing from a network, every value escaped, links relative."""

import math
from html import escape
from pathlib import Path

from rnnlab.reports import figures, inside, tables
from rnnlab.reports.comparison import Comparison, Report
from rnnlab.reports.links import Links
from rnnlab.reports.records import Run
from rnnlab.reports.row import Row
from rnnlab.reports.style import page
from rnnlab.reports.table import Link, Table

TROUBLES = "Not done, or not read"

FEW = 20
"""Runs that are listed without being asked for."""


def html(report: Report, links: Links, over: str = "steps", searches: str = "") -> str:
    """The page, with the sections on `searches` in it and its curves drawn over one of OVER."""
    title = f"Report: {tables.common(report)}"
    parts = [f"<h1>{escape(title)}</h1>"]
    parts.append(f'<p class="soft">{escape(tables.headline(report))}.</p>')
    parts += [_task(one, links, over) for one in report.comparisons]
    parts += [searches, _troubles(report, links), _runs(report, links)]
    parts.append(_folded("How it is computed", _list([*tables.METHODS, *report.notes])))
    return page(title, "\n".join(part for part in parts if part))


def _task(comparison: Comparison, links: Links, over: str) -> str:
    """The section of one task: its table, who is better than whom, and its charts."""
    shown = [tables.results(comparison).html("results", f"{comparison.task}, results")]
    parts = [f"<section>\n<h2>{escape(tables.title(comparison))}</h2>"]
    if comparison.versus:
        parts.append(f'<p class="answer">{escape(tables.answer(comparison))}.</p>')
        shown.append(tables.against_best(comparison).html("versus", f"{comparison.task}, against the best"))
    parts.append(f'<div class="tables">{"".join(shown)}</div>')
    parts += [_list(tables.remarks(comparison)), figures.section(comparison, links, over)]
    within = tables.looked_into(comparison)
    if within.rows:
        parts.append(f"<h2>Inside the runs</h2>\n{within.html('inside', f'{comparison.task}, inside the runs')}")
        parts.append(_list([inside.METHOD]))
    parts.append("</section>")
    return "\n".join(part for part in parts if part)


def _list(lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="remarks">{items}</ul>' if lines else ""


def _folded(summary: str, inside: str, opened: bool = False) -> str:
    return f"<details{' open' * opened}><summary>{escape(summary)}</summary>\n{inside}\n</details>"


def _link(folder: Path, links: Links) -> Link:
    return Link(tables.relative(folder, links.out), links.run(folder))


def _troubles(report: Report, links: Links) -> str:
    bad = [[_link(folder, links), why] for folder, why in tables.troubles(report)]
    table = Table(["run", "what is the matter"], bad, 2).html("troubles", TROUBLES)
    return f"<h2>{TROUBLES}</h2>\n{table}" if bad else ""


def _runs(report: Report, links: Links) -> str:
    """Every run with its folder; many are hidden until they are asked for."""
    rows = [_facts(run, row, links) for one in report.comparisons for row in one.rows for run in row.runs]
    headers = ["run", "combination", "status", "seed", "score", "seconds", "solved after"]
    return _folded(f"All {len(rows):,} runs", Table(headers, rows, 3).html("runs", "All runs"), opened=len(rows) <= FEW)


def _facts(run: Run, row: Row, links: Links) -> list[str]:
    solved = tables.seconds(run.solved[1]) if run.solved else "-"
    took = tables.seconds(None if math.isnan(run.seconds) else run.seconds)
    return [
        _link(run.folder, links),
        row.name,
        run.status,
        run.seed,
        tables.score(run.scores.get(row.objective)),
        took,
        solved,
    ]

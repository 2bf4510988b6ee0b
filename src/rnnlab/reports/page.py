"""The comparison as one page of HTML: no script, nothing from a network, every value escaped, links relative."""

import math
import os
from html import escape
from pathlib import Path

from rnnlab.errors import shown
from rnnlab.reports import figures, tables
from rnnlab.reports.comparison import Comparison
from rnnlab.reports.style import STYLE

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
"""

FEW = 20
"""Runs that are listed without being asked for."""


def html(comparison: Comparison, out: Path, searches: str = "") -> str:
    """The page, with the sections on `searches` in it; its links start at the folder `out`, where it is to lie."""
    title = escape(f"Report: {tables.common(comparison)}")
    parts = [HEAD.format(style=STYLE, title=title), f"<h1>{title}</h1>"]
    parts.append(f"<p>{escape(tables.headline(comparison))}.</p>")
    parts.append(
        _table(tables.headers(comparison), [tables.cells(comparison, row) for row in comparison.rows], comparison)
    )
    parts += [_list(tables.remarks(comparison)), searches]
    for task in dict.fromkeys(row.task for row in comparison.rows):
        parts.append(figures.section(comparison, task, out))
    parts.append(_troubles(comparison, out))
    parts.append(_runs(comparison, out))
    return "\n".join(part for part in parts if part) + "\n</body>\n</html>\n"


def _table(headers: list[str], rows: list[list[str]], comparison: Comparison) -> str:
    texts = len(tables.names(comparison))
    kinds = ["" if place < texts else ' class="number"' for place in range(len(headers))]
    head = "".join(f"<th{kind}>{escape(cell)}</th>" for kind, cell in zip(kinds, headers, strict=True))
    body = "\n".join(
        f"<tr>{''.join(f'<td{kind}>{escape(cell)}</td>' for kind, cell in zip(kinds, row, strict=True))}</tr>"
        for row in rows
    )
    return _wide("results", head, body)


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""


def _anchor(folder: Path, out: Path) -> str:
    name = shown(os.path.relpath(folder, os.path.realpath(out)), 1000)
    return f'<a href="{escape(figures.link(folder, out))}">{escape(name)}</a>'


def _troubles(comparison: Comparison, out: Path) -> str:
    items = [f"<li>{_anchor(folder, out)}: {escape(why)}</li>" for folder, why in tables.troubles(comparison)]
    return f'<h2>Not done, or not read</h2>\n<ul id="troubles">{"".join(items)}</ul>' if items else ""


def _runs(comparison: Comparison, out: Path) -> str:
    """Every run with its folder; many are hidden until they are asked for."""
    rows = []
    for row in comparison.rows:
        for run in row.runs:
            solved = tables.seconds(run.solved[1]) if run.solved else "-"
            value = run.scores.get(row.objective)
            facts = [
                figures.label(comparison, row),
                run.status,
                run.seed,
                tables.score(value),
                tables.seconds(None if math.isnan(run.seconds) else run.seconds),
                solved,
            ]
            rows.append(
                f"<tr><td>{_anchor(run.folder, out)}</td>{''.join(f'<td>{escape(fact)}</td>' for fact in facts)}</tr>"
            )
    head = "".join(
        f"<th>{name}</th>" for name in ("run", "combination", "status", "seed", "score", "seconds", "solved after")
    )
    table = _wide("runs", head, "\n".join(rows))
    return f"<details{' open' * (len(rows) <= FEW)}><summary>All {len(rows):,} runs</summary>\n{table}\n</details>"


def _wide(name: str, head: str, body: str) -> str:
    """A table that scrolls by itself where the screen is narrow."""
    table = f'<table id="{name}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
    return f'<div class="wide" tabindex="0">{table}</div>'

"""What a run got wrong on test data, as its answers.json says, and as a page shows it."""

from html import escape
from typing import Any

from rnnlab.errors import shown, shows
from rnnlab.files import Unusable, read_json
from rnnlab.reports.figures import figure
from rnnlab.reports.records import Run
from rnnlab.reports.rows import number
from rnnlab.reports.table import Table
from rnnlab.reports.tables import score

FILE, LARGEST = "answers.json", 1 << 20
MOST, FEW = 40, 10
"""Classes, and rows of a list, that are shown."""


def figures(run: Run) -> list[str]:
    """What there is to show: confusions, the worst answers, a sample; nothing where there is no answers.json."""
    try:
        kept = read_json(run.folder / FILE, LARGEST, within=run.folder)
    except FileNotFoundError:
        return []
    except Unusable as error:
        run.problems.append(f"{FILE}: {error}")
        return []
    about = f"test data, teacher-forced; wrong at {_whole(kept.get('wrong'))} of {_whole(kept.get('asked'))} steps"
    confused = _table(kept.get("confused"), ("right", "answered", "count", "of"))
    worst = _table(kept.get("worst"), ("answered", "right", "nats"))
    found = [
        ("what it takes for what", confusion(kept), f"rows: what is right, columns: the answer; {about}"),
        ("confused most often", confused, about),
        ("furthest from right", worst, "examples with a mistake and the largest loss"),
        ("what it writes", _written(kept.get("written")), "drawn at temperature 1, always with the same seed"),
    ]
    return [figure(title, inside, text) for title, inside, text in found if inside]


def confusion(kept: dict[str, Any]) -> str:
    """A table of right classes against answers, each row shaded by its shares; empty where there is none."""
    classes, counts = kept.get("classes"), kept.get("counts")
    if not isinstance(classes, list) or not isinstance(counts, list) or not 0 < len(classes) <= MOST:
        return ""
    rows = [[number(count) for count in row] for row in counts if isinstance(row, list) and len(row) == len(classes)]
    if len(rows) != len(classes) or not all(count >= 0 for row in rows for count in row):
        return ""
    there = [place for place, row in enumerate(rows) if sum(row) or any(other[place] for other in rows)]
    names = [shown(classes[place], 8) for place in there]
    head = "".join(f'<th scope="col" class="number">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{_shaded([rows[place][other] for other in there])}</tr>'
        for name, place in zip(names, there, strict=True)
    )
    table = f'<table class="confusion"><thead><tr><th></th>{head}</tr></thead>'
    table += f"<tbody>{body}</tbody></table>"
    return f'<div class="wide" role="region" aria-label="right classes against answers" tabindex="0">{table}</div>'


def _shaded(row: list[float]) -> str:
    whole = sum(row) or 1.0
    cells = ((count / whole, f"{count:.0f}" if count else "") for count in row)
    return "".join(f'<td class="number" style="--s: {share:.3f}">{text}</td>' for share, text in cells)


def _table(kept: object, columns: tuple[str, ...]) -> str:
    lines = [line for line in kept if isinstance(line, dict)] if isinstance(kept, list) else []
    rows = [[_cell(line.get(column)) for column in columns] for line in lines[:FEW]]
    return Table(list(columns), rows, 2).html("answers", " and ".join(columns)) if rows else ""


def _cell(value: object) -> str:
    if value == " ":
        return "space"
    if isinstance(value, str):
        return shown(shows(value).replace("\n", "\\n").replace("\t", "\\t"), 80)
    return score(number(value)) if isinstance(value, float) else _whole(value)


def _whole(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else "?"


def _written(kept: object) -> str:
    return f"<pre>{escape(shows(kept[:2000]))}</pre>" if isinstance(kept, str) and kept else ""

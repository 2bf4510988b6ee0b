"""The page of one run: its curves, what it got wrong, its lengths, its config and where it came from."""

import math
from html import escape

from rnnlab.config.objectives import is_share
from rnnlab.errors import shown
from rnnlab.files import Unusable
from rnnlab.reports import answers, charts, tables
from rnnlab.reports.charts import Series
from rnnlab.reports.curves import OVER, Point, thinned
from rnnlab.reports.figures import figure, grid, trained_lengths
from rnnlab.reports.links import Links
from rnnlab.reports.records import RANDOM, Length, Run
from rnnlab.reports.rows import number
from rnnlab.reports.rows import table as rows_of
from rnnlab.reports.style import page
from rnnlab.reports.table import Table

FACTS = ("started", "steps", "parameters", "device", "threads", "machine", "git_commit", "git_dirty", "versions")
"""What of run.json says how a run was made."""

COUNTS = ("step", "epoch", "examples/train", "characters/train")
"""Columns of metrics.csv that are no scores."""

STAGES = {"validation": (0, "validation"), "train": (1, "training")}
"""What the second half of a score's name says: the colour of its curve, and what that is called."""

LINEAR = ("longest_length",)


def html(run: Run, name: str, links: Links, over: str = "steps") -> str:
    """The page of a run that a report calls `name`; it lies in a folder beside the report."""
    title = f"{run.task}: {name}, seed {run.seed}"
    back = f'<p class="soft"><a href="../report.html">report</a> / <a href="{escape(links.folder(run.folder))}">'
    parts = [f"{back}{escape(tables.relative(run.folder, links.out))}</a></p>", f"<h1>{escape(title)}</h1>"]
    ended = f"{run.status}: {run.reason}".rstrip(": ")
    parts += [f'<p class="answer">{escape(ended)}</p>', f'<div class="tables">{_scores(run)}{_made(run)}</div>']
    figures = [*_curves(run, over), *_lengths(run), *answers.figures(run)]
    parts.append(grid(figures) if figures else "")
    parts += [f"<p>partly read: {escape(why)}</p>" for why in run.problems]
    parts += [f"<h2>Config</h2>{_config(run)}"]
    return page(title, "\n".join(part for part in parts if part))


def _scores(run: Run) -> str:
    rows = [[name, tables.score(None if math.isnan(value) else value)] for name, value in sorted(run.scores.items())]
    rows += [["seconds of training", tables.seconds(None if math.isnan(run.seconds) else run.seconds)]]
    if run.solved:
        rows.append(["solved after", f"{tables.seconds(run.solved[1])}, step {run.solved[0]:,.0f}"])
    return Table(["score of the best checkpoint", "value"], rows, 1).html("scores", "Scores")


def _curves(run: Run, over: str) -> list[str]:
    """A chart for each score that was logged, training and validation together."""
    try:
        header, lines = rows_of(run.folder / "metrics.csv")
    except Unusable:
        return []  # as reading the checks has said
    places = run.checks.get(OVER[over].column, [])
    groups: dict[str, list[Series]] = {}
    of_text = "bits_per_character/validation" in header  # whose rows are never right as a whole
    for column, score in enumerate(header):
        name, _, stage = score.partition("/")
        colour, called = STAGES.get(stage, (0, name))
        pairs = [(x, number(line[column])) for x, line in zip(places, lines, strict=False)]
        points = [Point(x, y, y, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]
        if points and score not in COUNTS and not (name == "exact_match" and of_text):
            groups.setdefault(shown(name, 40), []).append(Series(called, colour, thinned(points)))
    return [_curve(name, series, over) for name, series in groups.items()]


def _curve(name: str, series: list[Series], over: str) -> str:
    share = is_share(name)
    chart = charts.curves(series, name, OVER[over].title, not share and name not in LINEAR, share)
    keys = "".join(f"<li>{charts.key(one.colour)}{escape(one.name)}</li>" for one in series)
    return figure(name, f'<ul class="legend">{keys}</ul>{chart}' if len(series) > 1 else chart)


def _lengths(run: Run) -> list[str]:
    """Exact match by length, a curve for each kind of inputs."""
    kinds = list(dict.fromkeys(one.inputs for one in run.lengths))[: charts.COLOURS]
    found = [[_point(one) for one in sorted(run.lengths) if one.inputs == kind] for kind in kinds]
    series = [
        Series(kind, colour, thinned(points)) for colour, (kind, points) in enumerate(zip(kinds, found, strict=True))
    ]
    if not series:
        return []
    keys = "".join(f"<li>{charts.key(one.colour)}{escape(one.name)}</li>" for one in series)
    chart = charts.by_length(series, "exact match by length", trained_lengths([run]))
    about = "band: the 95 % interval from the number of examples"
    return [figure("exact match by length", f'<ul class="legend">{keys}</ul>{chart}', about)]


def _point(one: Length) -> Point:
    few = one.inputs != RANDOM  # a handful of rows, whose intervals hide the curves
    bounds = (math.nan, math.nan) if few else (one.exact_match_low, one.exact_match_high)
    return Point(one.length, one.exact_match, *(end if math.isfinite(end) else one.exact_match for end in bounds))


def _config(run: Run) -> str:
    """What was typed, and every setting."""
    rows = [[shown(key), shown(value)] for key, value in sorted(run.config.items())]
    typed = Table(["typed", "value"], [row for row in rows if row[0] in run.typed], 2).html("config", "Typed")
    every = Table(["setting", "value"], rows, 2).html("config", "Config")
    return f"{typed}<details><summary>All {len(rows)} settings</summary>{every}</details>"


def _made(run: Run) -> str:
    known = [(name, run.record[name]) for name in (*FACTS, "command") if run.record.get(name) is not None]
    rows = [[name.replace("_", " "), shown(_flat(value), 1000)] for name, value in known]
    return Table(["made with", "value"], rows, 2).html("made", "How it was made")


def _flat(value: object) -> object:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else value

"""The part of a report on searches: of each its best trial, its history, and which parameter mattered."""

import math
from html import escape

from rich.table import Table as RichTable
from rich.text import Text

from rnnlab.errors import shown
from rnnlab.reports import charts, figures
from rnnlab.reports.differences import short
from rnnlab.reports.links import Links
from rnnlab.reports.study import Settings, Study
from rnnlab.reports.table import Table, in_markdown
from rnnlab.reports.tables import score

METHOD = (
    "share: how much of the spread of the results, as ranks, a parameter explains alone: epsilon squared (Kelley 1935) "
    "over its values or, of a number with many, over groups of equal size; - where trials are too few to say"
)


def terminal(studies: list[Study]) -> list[RichTable | Text]:
    """What to print of each search."""
    parts: list[RichTable | Text] = []
    for study in studies:
        lines = ["", headline(study), _best(study), *([_history(study)] if study.scored else [])]
        parts += [*map(Text, lines), _parameters(study).terminal(), Text(METHOD)]
    return parts


def markdown(studies: list[Study]) -> str:
    """Chapters of a Markdown page, one a search; empty where there is none."""
    text = ""
    for study in studies:
        name = in_markdown(shown(study.folder.name))
        lines = [
            "",
            f"## Search {name}",
            "",
            in_markdown(headline(study)) + ".",
            "",
            in_markdown(_best(study)) + ".",
            "",
        ]
        lines += _parameters(study).markdown()
        lines += ["", f"{in_markdown(METHOD)}.", ""]
        lines += _trials(study).markdown()
        text += "\n".join(lines) + "\n"
    return text


def html(studies: list[Study], links: Links) -> str:
    """Sections of the page, one a search; empty where there is none."""
    parts = []
    for study in studies:
        best = study.best()
        parts.append(f"<h2>Search {escape(shown(study.folder.name))}</h2>\n<p>{escape(headline(study))}.</p>")
        link = escape(links.run(study.folder / best.directory)) if best and best.directory else ""
        text = escape(_best(study))
        parts.append(f'<p><a href="{link}">{text}</a></p>' if link else f"<p>{text}</p>")
        if best:
            title = f"{study.objective} by trial"
            dots = [
                (float(one.number), one.result, f"trial {one.number}: {score(one.result)}{_seeds(one)}")
                for one in study.scored
            ]
            steps = [(float(one.number), value) for one, value in study.so_far()]
            drawn = charts.history(dots, steps, title, "trial", study.objective.startswith("loss"))
            parts.append(figures.grid([figures.figure(title, drawn, "a dot per trial, the line is the best so far")]))
        parts.append(_parameters(study).html("parameters", "Parameters"))
        parts.append(f"<p>{escape(METHOD)}.</p>")
        trials = f"<summary>All {len(study.trials):,} trials</summary>\n{_trials(study).html('trials', 'All trials')}"
        parts.append(f"<details>{trials}\n</details>")
    return "\n".join(parts)


def headline(study: Study) -> str:
    """What was searched, and how many trials there are."""
    ends = {status: sum(trial.status == status for trial in study.trials) for status in _statuses(study)}
    counts = ", ".join(f"{count:,} {status}" for status, count in ends.items())
    way = "lower" if study.lower else "higher"
    what = f"{study.objective} ({way} is better)"
    return f"search {shown(study.folder.name)}, {study.method}: {len(study.trials):,} trials ({counts}), {what}"


def _statuses(study: Study) -> list[str]:
    return sorted({trial.status for trial in study.trials})


def _best(study: Study) -> str:
    best = study.best()
    if best is None:
        return "no trial has a result"
    values = ", ".join(f"{key}={shown(value)}" for key, value in best.values.items())
    return f"best: trial {best.number}, {score(best.result)}{_seeds(best)}, with {values}"


def _seeds(one: Settings) -> str:
    count = len(one.results)
    return f" (mean of {count} seeds)" if count > 1 else ""


def _history(study: Study) -> str:
    """Where the best result became better."""
    steps = [trial for trial, best in study.so_far() if trial.result == best]
    first = {trial.result: trial for trial in reversed(steps)}
    better = sorted(first.values(), key=lambda trial: trial.number)
    return (
        "best so far: " + ", ".join(f"trial {trial.number} {score(trial.result)}" for trial in better) if better else ""
    )


def _parameters(study: Study) -> Table:
    best = study.best()
    rows = [
        [key, shown(best.values.get(key)) if best else "-", "-" if share is None else f"{share:.0%}"]
        for key, share in study.importances()
    ]
    return Table(["parameter", "best", "share"], rows, 1)


def _trials(study: Study) -> Table:
    best = {trial.number: value for trial, value in study.so_far()}
    rows = [
        [
            str(trial.number),
            trial.status,
            score(trial.result if math.isfinite(trial.result) else None),
            score(best.get(trial.number)),
            *(shown(trial.values[key]) if key in trial.values else "-" for key in study.keys),
        ]
        for trial in study.trials
    ]
    return Table(["trial", "status", "result", "best so far", *short(study.keys)], rows, 2)

"""The csv files: every digit, every score, and nothing that a spreadsheet computes."""

import csv
import io
import math
import statistics
from pathlib import Path

import pytest

from example_runs import EXACT, write
from rnnlab.reports import spreadsheets
from rnnlab.reports.comparison import Report, compare
from rnnlab.reports.records import find, read

T_OF_2 = 0.95 * math.sqrt(2 / (1 - 0.95**2))
"""Student's t of 2 degrees, whose mass within t is t / sqrt(2 + t^2)."""


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(spreadsheets.rows(report))))


def runs_of(report: Report, out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(spreadsheets.runs(report, out))))


def test_the_table_has_every_digit(runs):
    best, other = rows(compare(read(find([runs]))[0]))
    for row in (best, other):
        scores = EXACT[row["model"]]
        mean = math.fsum(scores) / 3
        half = T_OF_2 * statistics.stdev(scores) / math.sqrt(3)
        names = ("n", "mean", "low", "high", "median", "interquartile_mean", "best")
        expected = [3, mean, mean - half, 1, statistics.median(scores), mean, max(scores)]
        assert [float(row[name]) for name in names] == pytest.approx(expected, rel=1e-12)
    each = [b - a for a, b in zip(EXACT["lstm"], EXACT["rnn"], strict=True)]
    t = statistics.fmean(each) / statistics.stdev(each) * math.sqrt(3)
    p = 1 - abs(t) / math.sqrt(2 + t * t)
    assert [float(other[name]) for name in ("difference", "p", "p_holm")] == pytest.approx(
        [statistics.fmean(each), p, p]
    )
    assert other["paired"] == "true" and best["difference"] == best["paired"] == ""


def test_every_score_of_every_run_has_a_row_that_says_whose_it_is(runs, tmp_path):
    write(runs / "failed", "gru", 7, status="failed")
    found = runs_of(compare(read(find([runs]))[0]), tmp_path)
    exact = [row for row in found if row["metric"] == "exact_match/test"]
    assert {(row["model"], int(row["seed"]), float(row["value"])) for row in exact} == {
        (model, seed, score) for model, scores in EXACT.items() for seed, score in enumerate(scores, 1)
    }
    assert all((tmp_path / row["run"] / "run.json").is_file() and row["task"] == "digitsum" for row in found)
    assert [(row["status"], row["metric"], row["value"]) for row in found if row["model"] == "gru"] == [
        ("failed", "", "")
    ]
    solved = [row for row in found if row["metric"] == "seconds_to_solved"]
    assert [(row["model"], row["seed"], row["value"]) for row in solved] == [("lstm", "2", "1.0")]


def test_what_tasks_differ_in_has_a_column_and_is_empty_where_a_task_has_it_not(tmp_path):
    sizes = [write(tmp_path / f"{size}", config={"data": {"batch_size": size}}) for size in (8, 16)]
    other = write(tmp_path / "text", task="chartext", config={"task": {"name": "chartext"}})
    assert [row["batch_size"] for row in rows(compare([*sizes, other]))] == ["", "16", "8"]


@pytest.mark.parametrize(
    ("name", "cell"),
    [("-", "-"), ("-1.5e-3", "-1.5e-3"), ("-1+2", "'-1+2"), ("+1", "'+1"), ("@sum", "'@sum"), ("a=1", "a=1")],
)
def test_only_what_a_spreadsheet_would_compute_is_quoted(name, cell, tmp_path):
    report = compare([write(tmp_path / "run", name)])
    assert [row["model"] for row in (*rows(report), *runs_of(report, tmp_path))] == [cell, cell]

"""The table in its forms: numbers by hand, and text that means nothing to Markdown, a spreadsheet or a terminal."""

import csv
import io
import math
import re
from pathlib import Path

import pytest

from example_runs import EXACT, write
from rnnlab.reports import tables
from rnnlab.reports.comparison import compare
from rnnlab.reports.records import find, read

T_OF_2 = 0.95 * math.sqrt(2 / (1 - 0.95**2))
"""Student's t of 2 degrees, whose mass within t is t / sqrt(2 + t^2)."""

HOSTILE = "=a|b*<i>\n_x"


@pytest.fixture
def comparison(runs):
    return compare(read(find([runs]))[0])


@pytest.fixture
def hostile(tmp_path):
    """Two runs of a model whose name means something elsewhere, one of them done."""
    done = write(tmp_path / "done", HOSTILE, metrics={"exact_match/test": 0.5})
    return compare([done, write(tmp_path / "fell", HOSTILE, seed=2, status="failed", reason="a|b")])


def test_a_row_is_what_a_person_computes(comparison):
    rows = [tables.cells(comparison, row) for row in comparison.rows]
    assert tables.headers(comparison)[1:] == ["n", "mean", "95 % interval", "best", "seconds", "solved", "solved after"]
    assert rows == [
        ["lstm", "3", "0.9950", "0.9826 to 1.0074", "1.0000", "20.0 s", "1 of 3", "1.0 s"],
        ["rnn", "3", "0.9300", "0.8404 to 1.0196", "0.9700", "20.0 s", "0 of 3", "-"],
    ]  # 0.995 +- 4.3027 * 0.005 / sqrt 3, 0.93 +- 4.3027 * 0.036056 / sqrt 3
    assert tables.headline(comparison).startswith("6 runs (6 done), scored and sorted by exact_match/test (higher is")


def test_the_csv_has_every_digit(comparison):
    for row in csv.DictReader(io.StringIO(tables.as_csv(comparison))):
        scores = EXACT[row["model"]]
        mean = math.fsum(scores) / 3
        half = T_OF_2 * math.sqrt(sum((score - mean) ** 2 for score in scores) / 2) / math.sqrt(3)
        numbers = [float(row[name]) for name in ("n", "mean", "low", "high", "best")]
        assert numbers == pytest.approx([3, mean, mean - half, mean + half, max(scores)], rel=1e-12)


def test_numbers_are_written_with_digits_that_say_something():
    scores = {None: "-", 0: "0.0000", 0.5: "0.5000", -0.25: "-0.2500", 1e-5: "1e-05", 0.000123456: "0.0001235"}
    assert {value: tables.score(value) for value in scores} == scores and tables.score(123456) == "1.235e+05"
    times = {None: "-", 0.04: "0.0 s", 99.94: "99.9 s", 12345.6: "12,346 s"}
    assert {value: tables.seconds(value) for value in times} == times


def test_markdown_and_a_spreadsheet_take_text_for_text(hostile):
    lines = tables.markdown(hostile, Path("out")).splitlines()
    table = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("|")]
    assert {len(row) for row in table} == {len(tables.headers(hostile))}
    assert table[2][1].strip() == "=a\\|b\\*\\<i\\>\N{REPLACEMENT CHARACTER}\\_x"
    assert any(line.endswith("fell: failed: a\\|b") for line in lines)
    (row,) = csv.DictReader(io.StringIO(tables.as_csv(hostile)))
    assert row["model"] == "'=a|b*<i>\N{REPLACEMENT CHARACTER}_x" and (row["done"], row["failed"]) == ("1", "1")
    assert row["low"] == "" and tables.cells(hostile, hostile.rows[0])[4] == "-"  # of a single seed


@pytest.mark.parametrize(
    ("name", "cell"),
    [("-", "-"), ("-1.5e-3", "-1.5e-3"), ("-1+2", "'-1+2"), ("+1", "'+1"), ("@sum", "'@sum"), ("a=1", "a=1")],
)
def test_only_what_a_spreadsheet_would_compute_is_quoted(name, cell, tmp_path):
    (row,) = csv.DictReader(io.StringIO(tables.as_csv(compare([write(tmp_path / "run", name)]))))
    assert row["model"] == cell


def test_a_terminal_shows_the_best_fifty_rows_and_says_how_many_more(tmp_path):
    runs = [
        write(tmp_path / f"{size}", config={"data": {"batch_size": size}}, metrics={"exact_match/test": size / 100})
        for size in range(1, 53)
    ]
    _, table, *lines = tables.terminal(compare(runs))
    assert table.row_count == 50 and lines[0].plain == "2 more rows"
    assert [cell.plain for cell in table.columns[0].cells][:2] == ["52", "51"]

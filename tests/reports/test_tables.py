"""What a report says of a task, in cells: numbers by hand."""

import pytest

from example_runs import write
from rnnlab.reports import tables
from rnnlab.reports.comparison import compare
from rnnlab.reports.records import find, read


@pytest.fixture
def report(runs):
    return compare(read(find([runs]))[0])


def test_a_row_is_what_a_person_computes(report):
    table = tables.results(report.comparisons[0])
    assert table.headers == ["model", *tables.MEASURES]
    assert table.rows == [
        ["lstm", "3", "0.9950", "0.9826 to 1.0000", "-", "0.9950", "0.9950", "1.0000", "1 of 3", "1.0 s", "20.0 s"],
        ["rnn", "3", "0.9300", "0.8404 to 1.0000", "0.085", "0.9200", "0.9300", "0.9700", "0 of 3", "-", "20.0 s"],
    ]  # 0.995 +- 4.3027 * 0.005 / sqrt 3, 0.93 +- 4.3027 * 0.036056 / sqrt 3
    assert tables.headline(report) == "6 runs (6 done)"
    assert tables.title(report.comparisons[0]) == "digitsum: exact_match/test, higher is better"


def test_a_difference_is_what_a_person_computes(report):
    """-0.09, -0.08 and -0.025: -0.065 +- 4.3027 * 0.035 / sqrt 3, t = 3.217, p = 1 - t / sqrt(2 + t²)."""
    table = tables.against_best(report.comparisons[0])
    assert table.headers == ["combination", "difference", "95 % interval", "p", "g", "by", "told apart"]
    assert table.rows == [["rnn", "-0.0650", "-0.1519 to 0.0219", "0.085", "-2.02", "pairs", "no"]]
    assert tables.answer(report.comparisons[0]) == "lstm cannot be told apart from rnn"


def test_runs_that_ended_badly_are_counted_in_columns_of_their_own(tmp_path):
    runs = [write(tmp_path / "a", metrics={"exact_match/test": 0.5}), write(tmp_path / "b", seed=2, status="failed")]
    report = compare(runs)
    table = tables.results(report.comparisons[0])
    assert table.headers[-1] == "failed" and table.rows[0][-1] == "1" and table.rows[0][3] == "-"
    assert tables.headline(report) == "2 runs (1 done, 1 failed)"
    assert tables.answer(report.comparisons[0]) == "" and tables.against_best(report.comparisons[0]).rows == []


def test_numbers_are_written_with_digits_that_say_something():
    scores = {None: "-", 0: "0.0000", 0.5: "0.5000", -0.25: "-0.2500", 1e-5: "1e-05", 0.000123456: "0.0001235"}
    assert {value: tables.score(value) for value in scores} == scores and tables.score(123456) == "1.235e+05"
    times = {None: "-", 0.04: "0.0 s", 99.94: "99.9 s", 12345.6: "12,346 s"}
    assert {value: tables.seconds(value) for value in times} == times
    chances = {None: "-", 0.04996: "0.050", 0.0012: "0.001", 0.0009: "< 0.001", 1.0: "1.000"}
    assert {value: tables.probability(value) for value in chances} == chances


def test_the_first_lines_are_shown_and_how_many_more_there_are():
    assert tables.few("abc", 3) == ["a", "b", "c"] and tables.few("abc", 2) == ["a", "b", "and 1 more"]

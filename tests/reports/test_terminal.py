"""The report on a terminal: never wider than that, and what has no room is named."""

import io
from itertools import product

import pytest
from rich.console import Console

from example_runs import write
from rnnlab.reports.comparison import Report, compare
from rnnlab.reports.table import Table
from rnnlab.reports.terminal import fitting, terminal


def printed(report: Report, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    for part in terminal(report, width):
        console.print(part, highlight=False, markup=False)
    return console.file.getvalue()


def test_numbers_are_given_up_from_the_last_until_a_line_fits():
    table = Table(["a", "n", "m", "o", "p"], [["long", "1", "2", "3333", "4"]], 1)
    assert fitting(table, 100, ["n"]) == (table, [])
    assert fitting(table, 4 + 1 + 1 + 1 + 4 * 3 + 1, ["n"]) == (table.only(["n", "m", "p"]), ["o"])
    assert fitting(table, 5, ["n"]) == (table.only(["n"]), ["m", "o", "p"])


@pytest.mark.parametrize("width", [80, 160])
def test_twenty_kinds_of_run_can_be_read_whole(width, tmp_path):
    kinds = list(product(("rnn", "lstm", "gru", "lstm_stepwise"), (32, 64), (0.001, 0.0005), (0.0, 0.5)))[:20]
    runs = []
    for place, (model, size, rate, dropout) in enumerate(kinds * 3):
        config = {"model": {"name": model, "dropout": dropout}, "optimizer": {"lr": rate}, "data": {"batch_size": size}}
        metrics = {"exact_match/test": 0.5 + place / 200 + place % 7 / 100}
        runs.append(write(tmp_path / f"{place}", model, place // 20, config=config, metrics=metrics))
    report = compare(runs)
    text = printed(report, width)
    assert max(map(len, text.splitlines())) <= width and "…" not in text
    assert text.count("│ 3 │") == len({row.name for row in report.comparisons[0].rows}) == len(kinds)
    assert all(f" {header} ┃" in text for header in ("n", "mean", "95 % interval", "p"))
    assert ("combination" in text) == ("no room for: " in text) == (width == 80)


def test_the_best_fifty_rows_are_shown_and_how_many_more_there_are(tmp_path):
    runs = [
        write(tmp_path / f"{size}", config={"data": {"batch_size": size}}, metrics={"exact_match/test": size / 100})
        for size in range(1, 53)
    ]
    text = printed(compare(runs), 120)
    rows = [line.split("│")[1].strip() for line in text.splitlines() if line.startswith("│")]
    assert "\n2 more rows\n" in text and rows[:2] == ["52", "51"] and rows[49] == "3"

"""The charts of one task: which there are, what they are called, and where their dots lead."""

import re
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from example_runs import write
from rnnlab.reports.comparison import compare
from rnnlab.reports.figures import section, trained_lengths
from rnnlab.reports.links import Links
from rnnlab.reports.records import find, read


def titles(text: str) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", text)


def test_there_is_a_chart_for_what_was_measured_and_a_dot_for_each_run(runs):
    (comparison,) = compare(read(find([runs]))[0]).comparisons
    text = section(comparison, Links(runs))
    assert titles(text) == [
        "exact_match/validation",
        "loss/validation",
        "exact_match/test, final",
        "difference to the best",
        "time to solved",
    ]
    assert ">0.9950 (0.9826 to 1.0000)</text>" in text and ">0.9300 (0.8404 to 1.0000)</text>" in text
    finals = text[text.index("exact_match/test, final") : text.index("difference to the best")]
    assert ">-0.0650, p 0.085</text>" in text
    folders = [(runs / unquote(href)).resolve() for href in re.findall(r'<a href="([^"]+)"', finals)]
    assert sorted(folders) == sorted(run.folder for run in comparison.runs)
    row = runs / "digitsum" / "rnn" / "run-1"
    (row / "lengths.csv").write_text(
        "length,inputs,exact_match,exact_match_low,exact_match_high\n4,zeros,0.5,0.4,0.6\n8,zeros,0.2,0.1,0.3\n"
    )
    text = section(compare(read(find([runs]))[0]).comparisons[0], Links(runs))
    assert titles(text)[5:] == ["exact match by length, adversarial inputs"]


def test_curves_are_those_of_the_best_eight_and_the_strips_show_more(tmp_path):
    runs = []
    for size in range(1, 11):
        score = {"exact_match/test": size / 10}
        run = write(tmp_path / f"{size}", config={"data": {"batch_size": size}}, metrics=score)
        (run.folder / "metrics.csv").write_text("step,exact_match/validation\n1,0.5\n2,0.6\n")
        runs.append(run)
    text = section(compare(runs).comparisons[0], Links(tmp_path))
    assert "<p>Curves: the best 8 of 10 combinations.</p>" in text and text.count("<polyline") == 8
    legend = re.findall(r"</svg>(batch_size=\d+)</li>", text)
    assert legend == [f"batch_size={size}" for size in range(10, 2, -1)] and text.count("<a href=") == 10


@pytest.mark.parametrize(
    ("lengths", "ends"),
    [
        ([[2, 8, 4]] * 2, (2, 8)),
        (["1-40", [1, 40]], (1, 40)),
        ([[2], [2, 4]], None),
        (["x", "1-"], None),
        ([["a"]], None),
        ([[]], None),
        ([None], None),
        ([], None),
    ],
)
def test_the_lengths_in_training_are_known_where_all_runs_agree(lengths, ends):
    assert trained_lengths(SimpleNamespace(config={"data.lengths": each}) for each in lengths) == ends

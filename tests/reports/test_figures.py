"""The charts of one task: which there are, what they are called, and where their dots lead."""

import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from example_runs import write
from rnnlab.reports.comparison import compare
from rnnlab.reports.figures import link, longest_trained, section
from rnnlab.reports.records import find, read


def titles(text: str) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", text)


def test_there_is_a_chart_for_what_was_measured_and_a_dot_for_each_run(runs):
    (comparison,) = compare(read(find([runs]))[0]).comparisons
    text = section(comparison, runs)
    assert titles(text) == [
        "exact_match/validation",
        "loss/validation",
        "exact_match/test, final",
        "time to solved",
    ]
    assert ">0.9950 (0.9826 to 1.0000)</text>" in text and ">0.9300 (0.8404 to 1.0000)</text>" in text
    finals = text[text.index("exact_match/test, final") : text.index("time to solved")]
    folders = [(runs / unquote(href)).resolve() for href in re.findall(r'<a href="([^"]+)"', finals)]
    assert sorted(folders) == sorted(run.folder for run in comparison.runs)
    row = runs / "digitsum" / "rnn" / "run-1"
    (row / "lengths.csv").write_text(
        "length,inputs,exact_match,exact_match_low,exact_match_high\n4,zeros,0.5,0.4,0.6\n8,zeros,0.2,0.1,0.3\n"
    )
    text = section(compare(read(find([runs]))[0]).comparisons[0], runs)
    assert titles(text)[4:] == ["exact match by length, adversarial inputs"]


def test_curves_are_those_of_the_best_eight_and_the_strips_show_more(tmp_path):
    runs = []
    for size in range(1, 11):
        score = {"exact_match/test": size / 10}
        run = write(tmp_path / f"{size}", config={"data": {"batch_size": size}}, metrics=score)
        (run.folder / "metrics.csv").write_text("step,exact_match/validation\n1,0.5\n2,0.6\n")
        runs.append(run)
    text = section(compare(runs).comparisons[0], tmp_path)
    assert "<p>Curves: the best 8 of 10 combinations.</p>" in text and text.count("<polyline") == 8
    legend = re.findall(r"</svg>(batch_size=\d+)</li>", text)
    assert legend == [f"batch_size={size}" for size in range(10, 2, -1)] and text.count("<a href=") == 10


@pytest.mark.parametrize(
    ("lengths", "longest"), [([[2, 8, 4]] * 2, 8), ([[2], [2, 4]], None), (["1-40"], None), ([[]], None), ([], None)]
)
def test_the_longest_length_in_training_is_known_where_all_runs_agree(lengths, longest):
    counted = [SimpleNamespace(config={"data.lengths": each}) for each in lengths]
    assert longest_trained([SimpleNamespace(counted=counted)]) == longest


@pytest.mark.parametrize("name", ["run", "a b", "50%", "what?#x", '"><i>', "ü", "a\nb"])
def test_a_link_leads_from_the_page_to_the_folder(name):
    out, folder = Path("/outputs/report"), Path("/outputs/runs") / name
    address = link(folder, out)
    assert re.fullmatch(r"[\w./%~-]+", address, re.ASCII) and address.startswith("../runs/") and address.endswith("/")
    assert Path(unquote(f"{out}/{address}")).parts[4:] == folder.parts[2:]

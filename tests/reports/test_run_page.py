"""The page of one run: what was logged, what it scored, what was typed, and nothing that is markup."""

import re
from pathlib import Path

from example_runs import write
from rnnlab.report import main
from rnnlab.reports.links import Links
from rnnlab.reports.run_page import html

HOSTILE = "<script>&"


def logged(tmp_path: Path, **record: object):
    config = {"model": {"name": "rnn", "hidden_size": 8}, "data": {"lengths": [2, 4]}}
    run = write(tmp_path / "run", config=config, metrics={"loss/test": 0.25}, seconds=3.0, steps=2, **record)
    (run.folder / "metrics.csv").write_text(
        "step,epoch,loss/train,loss/validation,exact_match/validation,learning_rate,examples/train\n"
        "10,0,2.0,2.5,0.5,0.01,64\n20,1,1.0,1.5,1.0,0.001,64\n"
    )
    (run.folder / "timing.csv").write_text("step,seconds\n10,0.5\n20,1.0\n")
    (run.folder / "lengths.csv").write_text(
        "length,inputs,exact_match,exact_match_low,exact_match_high\n8,random,0.5,0.4,0.6\n4,random,1.0,0.9,1.0\n"
        "4,zeros,0.0,0.0,0.9\n8,zeros,0.0,0.0,0.9\n"
    )
    return run


def test_every_score_that_was_logged_has_a_chart_with_training_and_validation_together(tmp_path):
    page = html(logged(tmp_path), "rnn", Links(tmp_path))
    assert re.findall(r"<h3>(.*?)</h3>", page) == ["loss", "exact_match", "learning_rate", "exact match by length"]
    names = re.findall(r'<polyline [^>]*role="img"><title>(.*?)</title>', page)
    assert names == [
        "training: 2 at 10, 1 at 20",
        "validation: 2.5 at 10, 1.5 at 20",
        "validation: 0.5 at 10, 1 at 20",
        "learning_rate: 0.01 at 10, 0.001 at 20",
        "random: 1 at 4, 0.5 at 8",
        "zeros: 0 at 4, 0 at 8",
    ]
    over = html(logged(tmp_path / "b"), "rnn", Links(tmp_path), "examples")
    assert "training: 2 at 64, 1 at 128" in over and "training lengths" in over


def test_what_was_typed_stands_before_all_settings_and_the_scores_above(tmp_path):
    run = logged(tmp_path, overrides=["model.hidden_size=8"], command=f"python {HOSTILE}", parameters=12)
    page = html(run, "rnn", Links(tmp_path))
    assert "<h1>digitsum: rnn, seed 1</h1>" in page and '<a href="../report.html">report</a>' in page
    typed, every = page[page.index("<h2>Config") :].split("<details>")
    assert "<td>model.hidden_size</td><td>8</td>" in typed and "data.lengths" not in typed
    assert "<td>data.lengths</td><td>[2, 4]</td>" in every and "All 5 settings" in every
    assert '<td>loss/test</td><td class="number">0.2500</td>' in page and "1.0 s, step 20" in page
    assert "&lt;script&gt;&amp;" in page and "<script" not in page and "<td>12</td>" in page


def test_a_run_that_failed_has_a_page_with_the_reason(tmp_path):
    run = write(tmp_path / "run", status="failed", reason=HOSTILE)
    (run.folder / "metrics.csv").write_bytes(b"\xff")
    page = html(run, "rnn", Links(tmp_path))
    assert "failed: &lt;script&gt;&amp;" in page and "partly read: metrics.csv" in page


def test_the_report_leads_to_a_page_for_each_run_and_keeps_none_of_runs_that_are_gone(runs, capsys):
    assert main([str(runs)]) == 0
    pages = sorted(path.name for path in (runs / "report_runs").iterdir())
    assert pages == [f"000{number}.html" for number in range(1, 7)]
    report = (runs / "report.html").read_text()
    for page in pages:
        assert report.count(f'href="report_runs/{page}"') >= 2  # a dot and a row
        text = (runs / "report_runs" / page).read_text()
        assert (runs / "report_runs" / re.search(r'/ <a href="(.*?)"', text)[1] / "run.json").is_file()
    first = re.search(r'href="report_runs/0001.html" aria-label="(.*?)"', report)[1]
    assert first.startswith("lstm, seed 1")
    assert main([str(runs / "digitsum" / "rnn"), f"out={runs}"]) == 0
    assert sorted(path.name for path in (runs / "report_runs").iterdir()) == pages[:3]


def test_pages_are_not_written_through_a_link(runs, tmp_path, capsys):
    (tmp_path / "elsewhere").mkdir()
    (runs / "report_runs").symlink_to(tmp_path / "elsewhere")
    assert main([str(runs)]) == 2
    assert "report_runs is a link" in capsys.readouterr().err and not list((tmp_path / "elsewhere").iterdir())

"""What a report says about a search, against cases worked out by hand."""

import json
import re
from pathlib import Path

import pytest

from rnnlab.report import main

RESULTS = [0.9, 0.5, None, 0.7, 0.2, 0.4, 0.8, 0.3, 0.6]
"""Of trials 0 to 8; trial 2 has failed."""


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    search = tmp_path / "outputs" / "sweeps" / "s"
    trials = []
    for place, result in enumerate(RESULTS):
        status, units = "failed" if result is None else "done", 8 if place in (1, 4, 5, 7) else 64
        name = f"{place:04d}_model.hidden_size={units}"
        values = {"model.hidden_size": units, "optimizer.lr": 0.01 * (place + 1)}
        trials.append({"number": place, "values": values, "status": status, "result": result, "directory": name})
        (search / name).mkdir(parents=True)
        config = {"task": {"name": "digitsum"}, "model": {"name": "rnn", "hidden_size": units}, "seed": 1}
        record = {"status": status, "task": "digitsum", "model": "rnn", "seed": 1, "config": config}
        metrics = {} if result is None else {"metrics": {"loss/validation": result}}
        (search / name / "run.json").write_text(json.dumps(record | metrics))
    head = {"method": "random", "objective": "loss/validation", "direction": "minimize"}
    (search / "study.json").write_text(json.dumps(head | {"trials": trials}))
    return tmp_path / "outputs"


def report(outputs: Path, capsys) -> dict[str, str]:
    out = outputs.parent / "report"
    assert main([str(outputs), f"out={out}", "objective=loss/validation"]) == 0
    return {"terminal": " ".join(capsys.readouterr().out.split())} | {
        ending: (out / f"report.{ending}").read_text() for ending in ("md", "html")
    }


def change(outputs: Path, **values) -> None:
    path = outputs / "sweeps" / "s" / "study.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_every_form_names_the_best_trial_and_how_trials_ended(outputs, capsys):
    for text in report(outputs, capsys).values():
        assert "best: trial 4, 0.2000, with model.hidden_size=8, optimizer.lr=0.05" in text.replace("\\_", "_")
        assert "9 trials (8 done, 1 failed), loss/validation (lower is better)" in text.replace("\\_", "_")


def test_where_higher_is_better_the_highest_is_best(outputs, capsys):
    change(outputs, direction="maximize", objective="exact_match/test")
    assert "best: trial 0, 0.9000" in report(outputs, capsys)["terminal"]


def test_the_history_is_the_best_so_far(outputs, capsys):
    texts = report(outputs, capsys)
    assert "best so far: trial 0 0.9000, trial 1 0.5000, trial 4 0.2000" in texts["terminal"]
    rows = [line.split(" | ")[:4] for line in texts["md"].splitlines() if re.match(r"\| \d \| (done|failed) ", line)]
    assert [row[3] for row in rows] == ["0.9000", "0.5000", "-", "0.5000", *["0.2000"] * 5]


def test_the_page_draws_a_dot_for_each_result_and_a_line_that_only_gets_better(outputs, capsys):
    page = report(outputs, capsys)["html"]
    svg = re.search(r'<svg [^>]*aria-label="loss/validation by trial">.*?</svg>', page, re.DOTALL)[0]
    assert svg.count("<circle") == 8
    points = re.search(r'<polyline class="curve c1" points="([^"]+)"', svg)[1].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights == sorted(heights)  # down the page is a lower loss
    link = re.search(r'<a href="(report_runs/\d+.html)">best: trial 4', page)[1]
    assert "0004_model.hidden_size=8" in (outputs.parent / "report" / link).read_text()


def test_the_parameter_that_mattered_comes_first(outputs, capsys):
    """8 units are the four best, so as ranks 1 to 4 and 5 to 8: S = 42, W = 5 + 5, and 1 - (10 / 6) / (42 / 7)."""
    terminal = report(outputs, capsys)["terminal"]
    assert re.search(r"model.hidden_size │ 8 │ 72% .*optimizer.lr │ 0.05", terminal)


def test_a_study_is_data_that_anybody_may_have_written(outputs, capsys):
    study = outputs / "sweeps" / "s" / "study.json"
    trial = {"number": 0, "values": {"<b>": "<script>x"}, "status": "\x1b[2J", "result": 1.0, "directory": "../../.."}
    change(outputs, trials=[trial, trial])
    texts = report(outputs, capsys)
    assert "<script" not in texts["html"] and "\x1b" not in "".join(texts.values())
    assert "<p>best: trial 0, " in texts["html"]  # and no link to what is outside
    for rubbish in ("{", "[]", '{"trials": 1}', '{"direction": "minimize", "trials": [1]}'):
        study.write_text(rubbish)
        assert "study.json" in report(outputs, capsys)["terminal"]


def test_seeds_are_repetitions_of_the_same_settings(outputs, capsys):
    """Of units 8 the seeds have 0.2 and 0.6, of 64 0.3 and 0.4: the mean of 64 is the lower one."""
    values = [{"model.hidden_size": units, "seed": seed} for units in (8, 64) for seed in (1, 2)]
    results = zip(values, (0.2, 0.6, 0.3, 0.4), strict=True)
    change(outputs, trials=[{"values": each, "status": "done", "result": result} for each, result in results])
    for text in report(outputs, capsys).values():
        assert "best: trial 2, 0.3500 (mean of 2 seeds), with model.hidden_size=64" in text.replace("\\_", "_")
    assert "│ seed" not in report(outputs, capsys)["terminal"]

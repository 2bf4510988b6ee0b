"""What was measured inside runs: by hand over three seeds, and whatever a file may hold instead."""

import json
import math

import pytest

from example_runs import write
from rnnlab.files import Unusable
from rnnlab.reports import inside, tables
from rnnlab.reports.comparison import compare
from rnnlab.reports.records import find, read
from rnnlab.reports.report import show


def study(size, units=3, probe=1.0, steps=4, exponent=-0.5):
    known = {"carry": {"linear": {"score": {"value": probe}, "untrained": {"value": 0.5}}}}
    used = {"cut alone": {"hidden 1": {"value": 0.5}}, "needed": ["hidden 1"] * units, "carry": {"smallest": size}}
    return {"known": known, "used": used, "dynamics": {"lyapunov": [exponent, -2.0], "memory": {"steps": [steps]}}}


def look_into(run, path="somewhere/checkpoints/best.ckpt", **record):
    (run.folder / "inspect").mkdir()
    first = {"run": path} | record
    (run.folder / inside.FILE).write_text(json.dumps({"runs": [first]}))
    return run


@pytest.fixture
def runs(tmp_path):
    sizes = {"rnn": (1, 2, 3), "gru": (1, None, 1)}
    for model, each in sizes.items():
        for seed, size in enumerate(each, 1):
            run = write(tmp_path / "runs" / f"{model}-{seed}", model, seed, metrics={"exact_match/test": 1.0})
            look_into(run, study=study(size, steps=None if model == "gru" else 4))
    return tmp_path / "runs"


def test_over_three_seeds_it_says_what_a_person_computes(runs):
    (task,) = compare(read(find([runs]))[0]).comparisons
    table = tables.looked_into(task)
    found = {tuple(row[:2]): row[2:] for row in table.rows}
    assert table.headers == ["measured inside", "combination", "n", "mean", "95 % interval", "least", "most"]
    assert found["carry: directions", "rnn"] == ["3 of 3", "2", "0 to 4.484", "1", "3"]  # 2 +- 4.3027 / sqrt 3
    assert found["carry: directions", "gru"] == ["2 of 3", "-", "-", "1", "1"]
    assert found["memory of layer 1, steps", "gru"] == ["0 of 3", "-", "-", "-", "-"]
    assert found["units needed", "gru"][:2] == ["3 of 3", "3"]
    assert found["carry: linear probe", "rnn"][1:3] == ["1", "1 to 1"]
    assert found["carry: linear probe, untrained network", "rnn"][1] == "0.5"
    assert found["largest Lyapunov exponent", "rnn"][1] == "-0.5"


def test_every_file_of_the_report_has_it_and_each_run_its_row(runs, capsys):
    show([runs], runs)
    assert "carry: directions" in capsys.readouterr().out
    for name in ("report.html", "report.md", "report.tex"):
        assert "carry: directions" in (runs / name).read_text(), name
    assert "inside/carry: directions,3.0" in (runs / "report_runs.csv").read_text()


def test_where_nobody_looked_nothing_is_said(tmp_path, capsys):
    write(tmp_path / "a", metrics={"exact_match/test": 1.0})
    show([tmp_path], tmp_path)
    assert "inside" not in capsys.readouterr().out and "Inside" not in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("text", ["{", "[]", '{"runs": 3}', '{"runs": []}', "x" * (inside.LARGEST + 1)])
def test_a_damaged_file_is_one_line_and_the_run_counts(text, tmp_path):
    run = write(tmp_path / "a", metrics={"exact_match/test": 1.0})
    (run.folder / "inspect").mkdir()
    (run.folder / "inspect" / "inspect.json").write_text(text)
    report = compare([run])
    assert report.comparisons[0].rows[0].mean == 1.0
    (why,) = [why for _, why in tables.troubles(report)]
    assert why.startswith("partly read: inspect/inspect.json: ")


def test_values_of_other_kinds_are_none_and_names_are_shown_as_text(tmp_path):
    run = write(tmp_path / "a", metrics={"exact_match/test": 1.0})
    bad = study([], probe="much", exponent=1e300) | {"used": {"\x1b<b>": {"smallest": {}}, "needed": 7}}
    bad["dynamics"]["memory"] = {"steps": [True, "x"] * 1000}
    found = inside.measures(look_into(run, study=bad).folder)
    assert len(found) < 40 and all("\x1b" not in name for name in found)
    assert all(math.isnan(value) for name, value in found.items() if "untrained" not in name)
    show([tmp_path], tmp_path)
    assert "<b>" not in (tmp_path / "report.html").read_text()
    for odd in ({"study": 3}, {"study": {"known": [1], "used": 2, "dynamics": {"lyapunov": []}}}):
        other = look_into(write(tmp_path / f"b{len(str(odd))}"), **odd)
        assert inside.measures(other.folder) == {} or list(inside.measures(other.folder)) == [
            "largest Lyapunov exponent"
        ]


def test_the_study_of_another_checkpoint_and_a_link_are_not_the_runs(tmp_path):
    run = look_into(write(tmp_path / "a"), "a/checkpoints/check_00001.ckpt", study=study(1))
    assert inside.measures(run.folder) == {}
    linked = write(tmp_path / "b")
    (linked.folder / "inspect").symlink_to(run.folder / "inspect")
    with pytest.raises(Unusable, match="inspect is a link"):
        inside.measures(linked.folder)

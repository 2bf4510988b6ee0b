"""A search as its study.json says, result by result by hand."""

import json
from pathlib import Path

import pytest

from rnnlab.reports.study import Study, find

RESULTS = [0.5, None, 0.9, 0.25, "x", 0.25, 0.7]


def write(folder: Path, direction: str = "minimize", **more: object) -> Path:
    trials = [
        {"number": 9, "values": {"a": place % 2, "b": 1}, "status": "done", "result": result, "directory": f"{place}"}
        for place, result in enumerate(RESULTS)
    ]
    folder.mkdir(parents=True)
    record = {"method": "random", "objective": "loss/validation", "direction": direction, "trials": trials}
    (folder / "study.json").write_text(json.dumps(record | more))
    return folder


@pytest.mark.parametrize(
    ("direction", "best", "history"),
    [("minimize", 3, [0.5, 0.5, 0.25, 0.25, 0.25]), ("maximize", 2, [0.5, 0.9, 0.9, 0.9, 0.9])],
)
def test_the_best_is_the_first_of_equals_and_the_history_the_best_so_far(direction, best, history, tmp_path):
    study = Study(write(tmp_path / "s", direction))
    assert study.best().number == best
    assert [trial.number for trial, _ in study.so_far()] == [0, 2, 3, 5, 6]
    assert [value for _, value in study.so_far()] == history


def test_the_parameter_that_decides_comes_first_and_one_that_never_varies_has_no_share(tmp_path):
    values = [{"same": 1, "noise": place % 3, "decides": place // 6} for place in range(12)]
    trials = [{"values": each, "result": each["decides"]} for each in values]
    shares = Study(write(tmp_path / "s", trials=trials)).importances()
    assert [name for name, _ in shares] == ["decides", "noise", "same"]
    assert shares[0][1] == pytest.approx(1) and shares[2][1] is None


@pytest.mark.parametrize("directory", ["..", ".", "", "/etc", "a/b", "../x", None, 3, ["a"]])
def test_a_directory_outside_the_search_is_none(directory, tmp_path):
    trial = {"values": {}, "directory": directory}
    study = Study(write(tmp_path / "s", trials=[trial, {"values": {}, "directory": "0001_a=1"}]))
    assert [trial.directory for trial in study.trials] == ["", "0001_a=1"] and study.best() is None


def test_a_study_is_found_once_and_one_that_cannot_be_read_is_named(tmp_path):
    write(tmp_path / "sweeps" / "good"), write(tmp_path / "sweeps" / "bad", trials=3)
    write(tmp_path / "run" / "inside")
    (tmp_path / "run" / "run.json").touch()  # what lies in a run is the run's
    studies, skipped = find([tmp_path, tmp_path / "sweeps"])
    assert [study.folder.name for study in studies] == ["good"]
    assert [(path.name, why) for path, why in skipped] == [("bad", "study.json: no study of a search")]

"""What is on file of a search: what the runs say, and of a file from anybody only what the search could have said."""

import json
import os
from pathlib import Path

import pytest

from rnnlab.errors import InputError
from rnnlab.sweeps.search.space import Choice, Interval
from rnnlab.sweeps.search.study import Study
from rnnlab.train import main

SWEEP = Path("outputs/sweeps/s")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


DAMAGE = {
    "no trials": lambda study: study.pop("trials"),
    "trials that are none": lambda study: study.update(trials=[3]),
    "a trial a hundred times": lambda study: study.update(trials=study["trials"] * 100),
    "another number": lambda study: study["trials"][0].update(number=7),
    "a number that is text": lambda study: study["trials"][0].update(number="0"),
    "another key": lambda study: study["trials"][0]["values"].update({"model._target_": "os.system"}),
    "a key less": lambda study: study["trials"][0].update(values={}),
    "a value that is text": lambda study: study["trials"][0]["values"].update({"optimizer.lr": "0.1,hydra.x=1"}),
    "an interpolation": lambda study: study["trials"][0]["values"].update({"optimizer.lr": "${oc.env:HOME}"}),
    "a mapping": lambda study: study["trials"][0]["values"].update({"optimizer.lr": {"_target_": "os.system"}}),
    "a value outside": lambda study: study["trials"][0]["values"].update({"optimizer.lr": 5.0}),
    "no number": lambda study: study["trials"][0]["values"].update({"optimizer.lr": float("nan")}),
    "a value of another kind": lambda study: study["trials"][0]["values"].update({"model.hidden_size": True}),
    "a result that is text": lambda study: study["trials"][0].update(result="x"),
    "a result beyond numbers": lambda study: study["trials"][0].update(result=float("inf")),
    "a status that is a list": lambda study: study["trials"][0].update(status=["done"]),
    "an unknown status": lambda study: study["trials"][0].update(status="\x1b[2J"),
    "something more": lambda study: study["trials"][0].update(extra=1),
    "another search": lambda study: study.update(method="\x1b[2J"),
    "another space": lambda study: study.update(space={"optimizer.lr": "${oc.env:HOME}"}),
    "a head with more": lambda study: study.update({"\x1b[2J" * 1000: 1}),
}


SPACE = {"optimizer.lr": Interval(0.001, 0.1, False, False), "model.hidden_size": Choice((4, 8), ("4", "8"))}
HEAD = {"method": "random", "objective": "loss/validation", "direction": "minimize", "seed": 1, "points": None}
HEAD |= {"arguments": ["model=lstm"], "space": {key: str(parameter) for key, parameter in SPACE.items()}}


def searched() -> Path:
    """The study of a search of one trial."""
    SWEEP.mkdir(parents=True)
    study = Study(SWEEP, dict(HEAD), SPACE)
    study.propose([{"optimizer.lr": 0.01, "model.hidden_size": 4}])
    assert Study(SWEEP, dict(HEAD), SPACE).trials == study.trials
    return SWEEP / "study.json"


@pytest.mark.parametrize("what", DAMAGE)
def test_a_hostile_study_is_refused(what):
    path = searched()
    content = json.loads(path.read_text())
    DAMAGE[what](content)
    path.write_text(json.dumps(content))
    with pytest.raises(InputError):
        Study(SWEEP, dict(HEAD), SPACE)


@pytest.mark.parametrize("kind", ["a link", "a pipe", "a folder", "no json", "more than"])
def test_a_study_that_is_no_file_is_refused(kind):
    path = searched()
    path.rename("elsewhere.json")
    {"a link": lambda: path.symlink_to(Path("elsewhere.json").resolve()), "a pipe": lambda: os.mkfifo(path),
     "a folder": path.mkdir, "no json": lambda: path.write_text("[" * 100_000),
     "more than": lambda: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 40)}[kind]()  # fmt: skip
    with pytest.raises(InputError, match=kind):
        Study(SWEEP, dict(HEAD), SPACE)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["an interpolation", "another search", "a head with more"])
def test_a_hostile_study_is_one_line(what, capfd):
    small = ["data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "logger=none", "search.space=null"]
    search = ["-m", *small, "search=random", "search.trials=1", "model.hidden_size=4,8"]
    assert main([*search, "optimizer.lr=interval(0.001,0.1)", "sweep.name=s"]) == 0
    path = SWEEP / "study.json"
    content = json.loads(path.read_text())
    DAMAGE[what](content)
    path.write_text(json.dumps(content))
    before = sorted(Path().rglob("*")), path.read_bytes()
    capfd.readouterr()
    assert main([f"sweep.resume={SWEEP}"]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.startswith("rnnlab: error: ") and err.count("\n") == 1 and err[:-1].isprintable()
    assert (sorted(Path().rglob("*")), path.read_bytes()) == before


@pytest.mark.parametrize(("direction", "best"), [("minimize", 2), ("maximize", 1)])
def test_the_best_trial_is_the_first_of_those_with_the_best_result_that_its_run_says(direction, best):
    SWEEP.mkdir(parents=True)
    head = HEAD | {"direction": direction}
    study = Study(SWEEP, head, SPACE)
    assert study.best() is None
    study.propose([{"optimizer.lr": 0.01, "model.hidden_size": 4}] * 7)
    ends = [("done", 0.5), ("done", 0.75), ("done", 0.25), ("done", 0.25), ("failed", 0.1), ("done", float("inf"))]
    for number, (status, loss) in enumerate(ends):
        run = SWEEP / f"{number:04d}_lr=0.01"
        run.mkdir()
        (run / "run.json").write_text(json.dumps({"status": status, "metrics": {"loss/validation": loss}}))
    read = Study(SWEEP, head, SPACE)
    assert [(trial["status"], trial["result"]) for trial in read.trials] == [
        *ends[:4], ("failed", None), ("done", None), ("proposed", None)
    ]  # fmt: skip
    assert read.best()["number"] == best and read.best()["directory"] == f"{best:04d}_lr=0.01"


def test_a_plain_sweep_of_the_same_name_is_refused():
    (SWEEP / "job").mkdir(parents=True)
    (SWEEP / "job" / "run.json").write_text("{}")
    with pytest.raises(InputError, match=r"no search has this name \(sweep\.name=s\)"):
        Study(SWEEP, dict(HEAD), SPACE)

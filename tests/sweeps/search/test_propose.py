"""What is proposed depends on the seed and on the results so far, and on nothing else."""

import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnnlab.errors import InputError
from rnnlab.sweeps.search import propose
from rnnlab.sweeps.search.space import Choice, Interval
from rnnlab.sweeps.search.study import Settled, Study
from rnnlab.train import main

SMALL = ["-m", "model=gru", "data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "logger=none"]


SPACE = ["model.hidden_size=interval(4,8)", "model.num_layers=1", "optimizer.weight_decay=0"]


SEARCH = Path("outputs/sweeps/s")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def search(method: str, *more: str, name: str = "s") -> int:
    return main([*SMALL, *SPACE, f"search={method}", f"sweep.name={name}", *more])


def study(where: Path = SEARCH) -> dict:
    return json.loads((where / "study.json").read_text())


def trials(where: Path = SEARCH) -> list[dict]:
    return study(where)["trials"]


@pytest.mark.needs("optuna")
@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_optuna_goes_where_the_results_are_better(direction):
    """The result is the number itself, so later trials lie on one side of the middle that chance would give them."""
    space = {"h": Interval(1, 100, False, True)}
    told = SimpleNamespace(head={"direction": direction}, trials=[])
    for number in range(40):
        (values,) = propose.guided(told, space, 1, 1)
        result = None if number == 7 else values["h"]  # one that failed
        told.trials.append({"number": number, "values": values, "result": result})
    later = [trial["values"]["h"] for trial in told.trials[20:]]
    assert (sum(later) / 20 < 25) if direction == "minimize" else (sum(later) / 20 > 75)


@pytest.mark.needs("optuna")
def test_what_optuna_proposes_depends_on_what_is_on_file_alone():
    space = {"a": Interval(0.001, 0.1, True, False), "b": Choice((None, 1, True), ("null", "1", "true"))}
    told = SimpleNamespace(head={"direction": "minimize"}, trials=[])
    for number in range(15):
        (values,) = propose.guided(told, space, 3, 1)
        told.trials.append({"number": number, "values": values, "result": values["a"]})
    read = SimpleNamespace(head=told.head, trials=json.loads(json.dumps(told.trials)))
    assert propose.guided(read, space, 3, 2) == propose.guided(told, space, 3, 2)
    assert propose.guided(told, space, 4, 2) != propose.guided(told, space, 3, 2)


def test_seeds_are_no_parameter_each_of_the_settings_is_tried_with_all(tmp_path):
    """However many are proposed at once; and what is drawn next depends on the means of whole settings alone."""
    space = {"seed": Choice((7, 8, 9), ("7", "8", "9")), "a": Interval(1, 100, False, True)}
    random = {"method": "random", "trials": 4, "seed": 1}
    made, total = propose.method(random, space)
    found = []
    for count in (1, 5, 6):
        settled = Settled({}, found[::3])
        study = SimpleNamespace(trials=found, settled=lambda settled=settled: settled)
        found = [*found, *({"values": values} for values in made(study, count))]
    settings = [propose.drawn({"a": space["a"]}, 1, number) for number in range(4)]
    assert total == 12 and [trial["values"] for trial in found] == [
        one | {"seed": seed} for one in settings for seed in (7, 8, 9)
    ]
    study = Study(tmp_path, {"direction": "minimize"}, space)
    study.trials = study.propose([one["values"] for one in found[:7]])
    for trial, result in zip(study.trials, (0.4, None, 0.6, 0.4, 0.3, 0.2, 0.0), strict=True):
        trial["result"] = result
    settled = study.settled().trials
    assert [(one["values"], one["result"]) for one in settled[1:]] == [
        (settings[1], pytest.approx(0.3)),
        (settings[2], None),
    ]
    assert settled[0]["result"] == 0.5 and study.best()["number"] == 3
    with pytest.raises(InputError, match="listed seeds"):
        propose.method(random, {"seed": space["a"]})


@pytest.mark.slow
def test_a_search_with_seeds_runs_each(capfd):
    assert search("random", "search.trials=2", "seed=1,2") == 0
    values = [trial["values"] for trial in trials()]
    assert [one.pop("seed") for one in values] == [1, 2, 1, 2] and values[0] == values[1] != values[2] == values[3]
    assert {trial["status"] for trial in trials()} == {"done"} and "best trial " in capfd.readouterr().out


@pytest.mark.slow
def test_a_grid_is_every_combination_once():
    assert search("grid", "search.points=2", "search.space.optimizer.lr=null", "data.split_seed=0,5,7") == 0
    made = [(trial["values"]["model.hidden_size"], trial["values"]["data.split_seed"]) for trial in trials()]
    assert made == list(itertools.product([4, 8], [0, 5, 7]))
    assert {trial["status"] for trial in trials()} == {"done"}


def test_a_random_search_is_the_same_for_a_seed_and_another_for_another():
    space = {"a": Interval(1, 100, True, False), "b": Choice((None, 1), ("null", "1"))}
    first = [propose.drawn(space, 1, number) for number in range(50)]
    assert first == [propose.drawn(space, 1, number) for number in range(50)]
    assert first != [propose.drawn(space, 2, number) for number in range(50)]
    assert len({one["a"] for one in first}) > 40 and {one["b"] for one in first} == {None, 1}

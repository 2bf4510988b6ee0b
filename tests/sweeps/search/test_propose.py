"""What is proposed depends on the seed and on the results so far, and on nothing else."""

import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnnlab.sweeps.search import propose
from rnnlab.sweeps.search.space import Choice, Interval
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

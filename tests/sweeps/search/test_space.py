"""The space of a search, as Hydra writes sweeps."""

import math
from pathlib import Path
from random import Random

import pytest

from rnnlab.config.overrides import parsed
from rnnlab.errors import InputError
from rnnlab.sweeps.search.space import Interval, read_space


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_half_of_a_logarithmic_interval_lies_below_the_geometric_middle():
    drawn = [Interval(0.001, 0.1, True, False).draw(Random(number)) for number in range(2000)]
    below = sum(one < 0.01 for one in drawn)
    assert abs(below - 1000) < 4 * math.sqrt(2000 / 4)  # four standard deviations of a fair coin
    assert min(drawn) >= 0.001 and max(drawn) <= 0.1


@pytest.mark.parametrize(
    ("text", "usual", "points"),
    [
        ("a=interval(0,1)", 0.5, [0.0, 0.5, 1.0]),
        ("a=tag(log,interval(0.001,0.1))", 0.5, [0.001, 0.01, 0.1]),
        ("a=tag(log,interval(16,256))", 64, [16, 64, 256]),
        ("a=int(interval(1,2))", None, [1, 2]),
        ("a=interval(1,5)", 2, [1, 3, 5]),
        ("a=interval(1,5)", 2.0, [1.0, 3.0, 5.0]),
        ("a=choice(tanh,relu)", "tanh", ["tanh", "relu"]),
        ("a=null,1", None, [None, 1]),
        ("a=range(1,4)", 1, [1, 2, 3]),
    ],
)
def test_a_space_is_read_as_hydra_writes_sweeps(text, usual, points):
    (parameter,) = read_space({}, [parsed(text)], set(), {"a": usual}).values()
    assert parameter.points(3) == points
    assert [type(one) for one in parameter.points(3)] == [type(one) for one in points]
    assert [parsed(f"a={parameter.typed(one)}").value() for one in points] == points


def test_the_command_line_has_the_last_word_on_the_space():
    ready = {"a": "tag(log, interval(1, 100))", "b": "1,2", "c": None, "d": "1,2"}
    space = read_space(ready, [parsed("a=interval(2,8)"), parsed("e=1,2")], {"b"}, {})
    assert list(space) == ["a", "d", "e"]
    assert space["a"] == Interval(2.0, 8.0, True, False)  # on the scale of the ready one


@pytest.mark.parametrize(
    "text",
    [
        "a=interval(2,1)",
        "a=interval(0,inf)",
        "a=tag(log,interval(0,1))",
        "a=1,1",
        "a=[1],[2]",
        "task=a,b",
        "hydra.job.env_set.X=1,2",
        "sweep.name=a,b",
    ],
)
def test_what_cannot_be_searched_is_refused(text):
    with pytest.raises(InputError):
        read_space({}, [parsed(text)], set(), {})

"""One schema for every node of a config: what a class's annotations say holds for its values, a user's class too."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from rnnlab.config import schema, signatures
from rnnlab.errors import Bounds, InputError, check, checked
from rnnlab.train import main

OWN = '''
"""A layer whose module cannot be imported: whatever is refused was refused before."""
from typing import Annotated, Literal
from rnnlab.errors import Bounds
import nothing_of_this_name

MOST = 4 * 10
Depth = Annotated[int, Bounds(1, MOST)]

class Layer(nothing_of_this_name.Module):
    def __init__(self, input_size: int, hidden_size: int, depth: Depth = 2, kind: Literal["a", "b"] = "a", *,
                 rate: float, free=None):
        pass

class Heir(Layer):
    pass

class Open(Layer):
    def __init__(self, input_size: int, hidden_size: int, **more: int):
        pass
'''

CELLS = '''
"""Cells, of which stepwise layers are made; their module cannot be imported either."""
from typing import Annotated
from rnnlab.errors import Bounds
from rnnlab.layers.cell import Cell
import nothing_of_this_name

class Plain(Cell):
    gates = ("hidden",)

class Leaky(Plain):
    def __init__(self, leak: Annotated[float, Bounds(0, 1)] = 0.5):
        pass
'''


def test_the_packages_of_ones_own_classes_are_found_wherever_they_are_named(config):
    node = config()
    assert schema.packages(node) == []
    node["callbacks"]["own"] = {"_target_": "mine.callbacks.Own", "deep": {"_target_": "other.Thing"}}
    node["optimizer"] |= {"_target_": "torch.optim.NAdam"}  # which a checkpoint may not name untrusted
    assert schema.packages(node) == ["mine", "other", "torch"]


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "ownlayers.py").write_text(OWN)
    (tmp_path / "owncells.py").write_text(CELLS)
    monkeypatch.syspath_prepend(str(tmp_path))
    signatures._tree.cache_clear()


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"depth": 41}, "model.depth=41): must be a whole number from 1 to 40"),
        ({"depth": True}, "model.depth=true"),
        ({"kind": "c"}, "model.kind=c): allowed: a, b"),
        ({"rate": "fast"}, "model.rate=fast): must be a finite number"),
        ({"rate": float("nan")}, "model.rate=nan"),
        ({"free": 10**20}, "fits 64 bits"),
        ({"dept": 3}, "did you mean 'depth'"),
        ({"input_size": 3}, "unknown key (model.input_size=3)"),
        ({"hidden_size": 0}, "model.hidden_size=0"),
        ({"name": 3}, "model.name=3"),
        ({"_target_": "ownlayers.Heir", "depth": 0}, "model.depth=0"),
        ({"_target_": "ownlayers.Open", "more": 0, "num_layers": 0}, "model.num_layers=0"),
        ({"_target_": 3}, "a dotted path"),
    ],
)
def test_a_users_class_is_read_and_its_annotations_hold_without_importing_it(own, values, hint):
    node = {"name": "own", "_target_": "ownlayers.Layer", "hidden_size": 8, "rate": 1, "free": "anything"}
    schema.check_node("model", node)
    with pytest.raises(InputError) as refused:
        schema.check_node("model", node | values)
    assert hint in str(refused.value)
    assert "ownlayers" not in sys.modules


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"leak": 2}, "model.leak=2): must be a finite number from 0 to 1"),
        ({"_target_": "owncells.Plain"}, "unknown key (model.leak=0.1)"),
        ({"layers": 3}, "did you mean 'num_layers'"),
        ({"num_layers": 0}, "model.num_layers=0"),
        ({"cell": "x"}, "unknown key (model.cell=x)"),
    ],
)
def test_what_is_made_of_a_users_cell_takes_what_the_cell_and_what_a_stepwise_layer_take(own, values, hint):
    node = {"name": "own", "_target_": "owncells.Leaky", "hidden_size": 8, "num_layers": 2, "leak": 0.1}
    schema.check_node("model", node)
    with pytest.raises(InputError) as refused:
        schema.check_node("model", node | values)
    assert hint in str(refused.value)
    with pytest.raises(InputError, match=r"is missing \(argument=model.hidden_size\)"):
        schema.check_node("model", {"name": "own", "_target_": "owncells.Plain"})
    assert "owncells" not in sys.modules


def test_what_a_class_needs_must_be_there(own):
    with pytest.raises(InputError, match=r"is missing \(argument=model.rate\)"):
        schema.check_node("model", {"name": "own", "_target_": "ownlayers.Layer", "hidden_size": 8})


def test_what_the_source_does_not_tell_is_asked_of_the_class_itself():
    def target(size: Annotated[int, Bounds(1, 9)], more=None):
        pass

    schema.check_node("schedule", {"_target_": "made.up.target", "size": 3}, target)
    with pytest.raises(InputError, match="from 1 to 9"):
        schema.check_node("schedule", {"_target_": "made.up.target", "size": 10}, target)


KINDS = [
    (int, [0, -5, 2**63 - 1], [True, 1.5, "1", None, 2**63]),
    (float, [0, 1.5, -2], [True, "1", float("nan"), float("inf"), 10**400, None]),
    (Annotated[float, Bounds(0, 1, above=True)], [1, 0.1], [0, 1.01, -1]),
    (bool, [True, False], [0, 1, "true", None]),
    (str | None, ["", "x", None], [3, False, [], "a\0b", "x" * 100_001]),
    (Literal["epoch"] | Annotated[int, Bounds(1)], ["epoch", 1], ["epochs", 0, True]),
    (list[Annotated[int, Bounds(1)]], [[], [1, 2]], [[0], [True], 1, {}, ["1"]]),
    (Annotated[list[int] | str, "a list"], [[1], "1-3"], [1, [1.5]]),
    (tuple[float, float], [[0, 1], (0.5, 1)], [[1], [1, 2, 3], 1, ["a", "b"]]),
    (tuple[int, ...], [[], [1, 2, 3]], [["a"], 1]),
    (Sequence[int], [[], [1], (2,)], [["a"], 1, "12"]),
    (set[str], [["a"], {"a"}], [[1], "a", {"a": 1}]),
    (Path | None, ["x", Path("x"), None], [1, ["x"], "a\0b", True]),
    (Mapping[str, int], [{"a": 1}], [{"a": "b"}, []]),
    (dict, [{}, {"a": 1}], [[], 1]),
    (dict[str, int], [{}, {"a": 1}], [{"a": "b"}, {"a": 1, "b": None}, {1: 1}]),
    (Any, [1, "x", None, [1], {}], [2**63, -(10**20)]),
]


@pytest.mark.parametrize(("kind", "good", "bad"), KINDS, ids=lambda value: str(value)[:40])
def test_a_value_is_of_a_kind_or_refused_by_name(kind, good, bad):
    for value in good:
        check("key", value, kind)
    for value in bad:
        with pytest.raises(InputError, match=r"\(key="):
            check("key", value, kind)


def test_a_checked_function_holds_its_callers_to_its_annotations():
    @checked
    def half(number: Annotated[float, Bounds(0)], times: int = 1) -> float:
        return number / 2**times

    assert half(3) == 1.5 and half(8, times=2) == 2
    with pytest.raises(InputError, match=r"number=-1\): must be a finite number of at least 0"):
        half(-1)
    with pytest.raises(InputError, match=r"times=1.5\): must be a whole number"):
        half(1, 1.5)


def test_every_task_and_model_there_is_keeps_to_the_schema(task_name, model_name, config):
    schema.check_config(config(f"task={task_name}", f"model={model_name}"))


WITHOUT_TORCH = ["data.held_out=nan", "optimizer.lr=-1", "model=rnn model.nonlinearity=sin", "callbacks.saver.mode=foo"]
WITHOUT_TORCH += ["trainer.max_epochs=0", "practice.solved=0", "task=countdown task.highest=0", "callbacks.early=[1]"]
WITHOUT_TORCH += ["schedule.rise=2", "objective=foo", "logger.tensorboard.version=/x"]
WITHOUT_TORCH += ["-m seed=1,2 optimizer.lr=0.1,-1", "-m task=digitsum,countdown model.hidden_size=8,0"]
WITHOUT_LIGHTNING = ["data.batch_size=1000000", "task.csv=missing", "data.split=[0.5,0.1,0.1]", "model.dropout=0.2"]
WITHOUT_LIGHTNING += ["optimizer=sgd optimizer.nesterov=true optimizer.momentum=0", "model.hidden_size=65536"]
WITHOUT_LIGHTNING += ["practice.prefixes=true", "task=chartext task.corpus=sentences practice.borrowed_starts=1"]
WITHOUT_LIGHTNING += ["trainer=gpu", "trainer.max_epochs=null", "task=chartext task.path=missing"]


@pytest.mark.parametrize(
    ("heavy", "lines"), [("torch", WITHOUT_TORCH), ("pytorch_lightning", WITHOUT_LIGHTNING)], ids=["torch", "lightning"]
)
def test_a_wrong_value_is_answered_before_the_slow_imports(heavy, lines, tmp_path):
    code = """
import sys
from rnnlab.train import main
for line in sys.stdin.read().splitlines():
    assert main(line.split()) == 2, line
    assert HEAVY not in sys.modules, line
"""
    code = code.replace("HEAVY", repr(heavy))
    done = subprocess.run(
        [sys.executable, "-c", code], input="\n".join(lines), cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_logger_or_a_callback_is_turned_off_by_null(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    few = ["data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "model.hidden_size=4"]
    assert main([*few, "logger.tensorboard=null", "callbacks.early=null", "callbacks.solved=null"]) == 0
    assert not list(tmp_path.rglob("events*"))

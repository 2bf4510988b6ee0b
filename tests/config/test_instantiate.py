"""From a `_target_` to an object, and which targets a checkpoint may name."""

from pathlib import Path

import pytest

from rnnlab.config.instantiate import locate, make, stepwise, vet_targets
from rnnlab.errors import InputError
from rnnlab.files import Unusable
from rnnlab.layers.rnn import RNN

OWN = """
from rnnlab.errors import InputError
from rnnlab.tasks.digitsum import DigitSum

class Mine:
    def __init__(self, size: int, more: int = 1):
        if size == 13:
            raise InputError("unlucky", "any other", "size", size)
        if size == 14:
            raise ValueError("fourteen\\nis worse")
        self.size, self.more = size, more

class Named(DigitSum):
    def __init__(self, name=None):
        super().__init__()
        self.given = name
"""


@pytest.fixture
def mine(tmp_path, monkeypatch) -> dict:
    (tmp_path / "owninstance.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    return {"_target_": "owninstance.Mine", "size": 3}


def test_a_class_gets_the_values_of_its_node_and_what_comes_from_elsewhere(mine):
    made = make("practice", mine, more=5)
    assert (type(made).__name__, made.size, made.more) == ("Mine", 3, 5)


def test_a_name_says_which_yaml_it_was_and_is_not_for_the_class(mine):
    task = {"_target_": "owninstance.Named", "name": "mine"}
    assert make("task", task).given is None and make("practice", task).given == "mine"


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"size": 13}, r"unlucky \(schedule.size=13\): any other"),
        ({"size": 14}, r"fourteen \(schedule=owninstance.Mine\): as its class takes them"),
        ({"size": "x"}, r"schedule.size=x\): must be a whole number"),
        ({"sise": 3}, "did you mean 'size'"),
        ({"_target_": "owninstance.Yours"}, r"schedule._target_=owninstance.Yours\): a dotted path"),
    ],
)
def test_what_a_class_refuses_is_refused_by_the_key_in_the_config(values, hint, mine):
    with pytest.raises(InputError, match=hint):
        make("schedule", mine | values)


def test_of_a_stepwise_layers_values_the_cell_takes_its_own_and_the_layer_the_rest():
    layer = stepwise(RNN, {"input_size": 2, "hidden_size": 3, "num_layers": 2, "nonlinearity": "relu"})
    assert layer.cell.nonlinearity == "relu" and layer.num_layers == 2
    assert {name: tuple(value.shape) for name, value in layer.named_parameters() if "weight" in name} == {
        "weight_ih_l0": (3, 2),
        "weight_hh_l0": (3, 3),
        "weight_ih_l1": (3, 3),
        "weight_hh_l1": (3, 3),
    }


OURS = ["torch.nn.LSTM", "torch.optim.AdamW", "rnnlab.tasks.digitsum.DigitSum", "rnnlab.layers.gru.GRU"]
NOT_OURS = [
    "os.system",
    "torch.nn.Linear",
    "torch.load",
    "rnnlab.train.main",
    "rnnlab.tasksx.Task",
    "rnnlab.data.splits.Drawn",  # imported there, defined elsewhere
    "rnnlab.layers.rnn.torch.load",
    "owninstance.Mine",
    "",
    3,
]


@pytest.mark.parametrize("target", OURS)
def test_a_checkpoint_may_name_what_is_ours(target):
    vet_targets({"model": {"_target_": target, "size": 3}}, [], Path("best.ckpt"))


@pytest.mark.parametrize("target", NOT_OURS)
def test_a_checkpoint_may_name_nothing_else_however_deep(target):
    with pytest.raises((InputError, Unusable), match=r"best\.ckpt"):
        vet_targets({"a": {"b": {"c": {"_target_": target}}}}, [], Path("best.ckpt"))


def test_a_checkpoint_may_name_what_is_trusted_and_no_other_key_of_hydras(mine):
    vet_targets({"model": mine}, ["owninstance"], Path("best.ckpt"))
    with pytest.raises((InputError, Unusable), match="the key _partial_"):
        vet_targets({"model": mine | {"_partial_": True}}, ["owninstance"], Path("best.ckpt"))


def test_a_dotted_path_leads_to_what_python_imports_there():
    import collections

    assert locate("model", "collections.OrderedDict.fromkeys") == collections.OrderedDict.fromkeys
    for path in ("nowhere.at.all", "collections.Nothing", "", None):
        with pytest.raises(InputError, match=r"model\._target_="):
            locate("model", path)

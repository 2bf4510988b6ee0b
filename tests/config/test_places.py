"""What is made of a `_target_`, against classes that are almost what their place needs, and against those that are."""

import pytest
import torch
from pytorch_lightning import Callback
from pytorch_lightning.loggers import CSVLogger
from torch import nn

from rnnlab.config import build
from rnnlab.config.places import check_class, check_layer, check_made, using
from rnnlab.data.loaders import Fixed
from rnnlab.errors import InputError, RunFailed
from rnnlab.tasks.digitsum import DigitSum


def odd(number=3, **more):
    """An object with these attributes, of a class of its own."""
    return type("Odd", (), {"answer": "once", "num_inputs": number, "num_classes": 2} | more)()


class Half(nn.Module):
    """A layer of F features and H units, whose outputs and state are what `change` makes of a GRU's."""

    def __init__(self, change):
        super().__init__()
        self.gru, self.change = nn.GRU(5, 4, batch_first=True), change

    def forward(self, x, state=None):
        y, h = self.gru(x, None if state is None else state[0])
        return self.change(y, h)


@pytest.mark.parametrize(
    ("node", "made", "hint"),
    [
        ("task", {}, "does not say how its answer comes"),
        ("task", odd(answer="now"), "does not say how its answer comes"),
        ("task", odd(number=0), "num_inputs=0"),
        ("task", odd(number=True), "num_inputs=true"),
        ("task", odd(), "has no symbols"),
        ("task", odd(**{name: None for name in ("symbols", "end", "eos", "lengths")}, minimum=1), "symbols=null"),
        ("data", {}, "has no batch_size"),
        ("model", {}, "cannot be used there"),
        ("optimizer", {}, "cannot be used there"),
        ("schedule", {}, "not callable"),
        ("schedule", lambda progress: 1.0, "positional argument"),
        ("schedule", lambda progress, losses: torch.tensor(1.0), "finite number"),
        ("schedule", lambda progress, losses: float("nan"), "finite number"),
        ("schedule", lambda progress, losses: -1, "at least 0"),
        ("callbacks.own", {}, r"callbacks\.own\._target_=some\.Class\): must be a pytorch_lightning\.Callback"),
        ("logger.own", {}, r"pytorch_lightning\.loggers\.Logger"),
    ],
)
def test_what_is_not_what_its_place_needs_is_refused_by_its_name(node, made, hint):
    with pytest.raises(InputError, match=hint) as error:
        check_made(node, "some.Class", made)
    assert str(error.value).startswith("Class ") and "some.Class" in str(error.value)


def test_what_every_pair_of_task_and_model_makes_is_what_its_place_needs(config):
    settings = config("task=countdown", "model=gru")
    build.parts(settings)  # its task, data, layer, optimizer and schedule
    check_made("callbacks.own", "some.Class", Callback())


def test_a_task_without_a_method_and_data_without_examples_are_refused():
    class Mute(DigitSum):
        parse = None

    with pytest.raises(InputError, match="has no method parse"):
        check_made("task", "some.Mute", Mute())
    empty = odd(batch_size=1, fingerprint="", train=Fixed([]), validation=Fixed([]), test=[])
    with pytest.raises(InputError, match="a test that is no Loader"):
        check_made("data", "some.Odd", empty)
    type(empty).test = Fixed([])
    with pytest.raises(InputError, match="has nothing in its train"):
        check_made("data", "some.Odd", empty)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda y, h: y, "must return its state"),
        (lambda y, h: (y, h), "must return its state"),
        (lambda y, h: (y[:, :, :3], (h,)), r"gives \(2, 3, 3\) for \(2, 3, 4\)"),
        (lambda y, h: (y.transpose(0, 1), (h,)), r"gives \(3, 2, 4\)"),
        (lambda y, h: (None, (h,)), "gives NoneType"),
        (lambda y, h: (y, (h.transpose(0, 1).repeat(1, 3, 1),)), r"has the state \(2, 3, 4\) of 2 rows"),
        (lambda y, h: (y, (h, 1)), "has the state .* int"),
        (lambda y, h: (y, (h.repeat(2, 1, 1),)), "cannot be run, Expected hidden size"),  # only when it goes on
    ],
)
def test_a_layer_that_does_not_keep_the_protocol_is_refused(change, hint):
    with pytest.raises(InputError, match=hint):
        check_layer({"hidden_size": 4, "_target_": "some.Half"}, Half(change), 5)


def test_a_layer_is_tried_without_a_trace():
    layer = Half(lambda y, h: (nn.functional.dropout(y, 0.5, layer.training), (h,)))
    before, generator = {name: value.clone() for name, value in layer.state_dict().items()}, torch.get_rng_state()
    check_layer({"hidden_size": 4, "_target_": "some.Half"}, layer, 5)
    assert layer.training and torch.equal(generator, torch.get_rng_state())
    assert all(torch.equal(value, before[name]) for name, value in layer.state_dict().items())


def test_a_class_is_known_by_its_kind_before_anything_is_made_of_it():
    check_class("logger.own", CSVLogger)
    check_class("logger.own", lambda save_dir: 5)  # only what it makes will tell
    with pytest.raises(InputError, match=r"logger\.own\._target_=builtins\.dict"):
        check_class("logger.own", dict)


def test_what_is_raised_where_classes_are_a_persons_own_is_a_refusal_and_otherwise_a_fault():
    for error in (KeyError("lacking"), SystemExit(0)):
        with pytest.raises(InputError, match="classes of mine, yours cannot be used"), using(["mine", "yours"]):
            raise error
    for error in (InputError("a", "b"), RunFailed("c")):
        with pytest.raises(type(error), match=r"a|c"), using(["mine"]):
            raise error
    with pytest.raises(KeyError), using([]):
        raise KeyError("lacking")

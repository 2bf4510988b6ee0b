"""The state of callbacks: what a checkpoint would give back is taken, all else is named with its callback and key."""

import collections
import enum

import numpy as np
import pytest
import torch
from pytorch_lightning import Callback

from rnnlab.config import build
from rnnlab.errors import InputError, RunFailed
from rnnlab.runs import run
from rnnlab.training import setup
from rnnlab.training.fit import fit
from rnnlab.training.plain_state import check_states


class Kind(enum.Enum):
    ONE = 1


class Own(Callback):
    def __init__(self, state):
        self.state = state

    def state_dict(self):
        return self.state


class Other(Own):
    pass


class Late(Callback):
    """Its state is no data any more once there has been a step."""

    seen: object = 0

    def on_train_batch_end(self, *_):
        self.seen = {1}

    def state_dict(self):
        return {"seen": self.seen}


PLAIN = [{"a": 1, "b": [0.5, None, True], "c": {"d": torch.ones(2), "e": (1, "x")}}, {"a": torch.ones(2).int()}]
ODD = [np.zeros(2), np.float64(1), {1, 2}, Kind.ONE, collections.Counter("ab"), 10**30, lambda: 1, torch.nn.GRU(1, 1)]
ODD += [torch.zeros(1).expand(3), "\ud800", object(), torch.ones(1, requires_grad=True)]


def test_what_a_checkpoint_gives_back_is_taken():
    check_states([Callback(), Callback(), Own(PLAIN[0]), Other(PLAIN[1])])


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_what_it_would_not_is_named_with_its_callback_and_key(value):
    with pytest.raises(InputError, match=r"its state 'deep' could not be resumed, .*\(callbacks=Own\)"):
        check_states([Own({"fine": 1, "deep": [value]})])


def test_a_state_that_is_no_dict_and_two_of_one_key_are_refused():
    with pytest.raises(InputError, match=r"no dict \(callbacks=Own\)"):
        check_states([Own([1])])
    with pytest.raises(InputError, match="two callbacks have the state_key Own"):
        check_states([Own({"a": 1}), Own({"a": 1})])


def test_a_state_that_is_none_at_a_save_ends_the_run_in_one_line_with_its_name(config, tmp_path):
    few = ["data.lengths=[2]", "data.batch_size=20", "model.hidden_size=4", "trainer.max_epochs=1"]
    settings = config("task=digitsum", "model=gru", *few)
    made = setup.prepare(build.parts(settings))
    made.callbacks.insert(0, Late())
    with run.new(tmp_path) as directory, pytest.raises(RunFailed, match=r"its state 'seen' .*\(callbacks=Late\)"):
        fit(made, directory, [])

"""The `practice` node of a config: what is off, and what is asked for reaches network and data."""

from types import SimpleNamespace

import pytest

from rnnlab.config import build
from rnnlab.config.generalisation import practice
from rnnlab.errors import InputError
from rnnlab.layers.noise import Noise
from rnnlab.tasks.binaryaddition import BinaryAddition


@pytest.fixture
def chosen(config):
    return config("task=binaryaddition", "model=gru", "model.hidden_size=4", "data.lengths=[2,3]", "data.batch_size=4")


def test_nothing_is_added_where_nothing_is_asked_for(chosen):
    asked = practice(chosen["practice"], BinaryAddition())
    assert asked.noise is None and asked.borrowed == 0 and not asked.order
    train = build.data(chosen, BinaryAddition(), asked.order).train
    assert train.curriculum.kind == "uniform" and not train.prefixes


def test_noise_is_put_into_the_network(chosen):
    asked = practice(chosen["practice"] | {"activation_noise": 0.5, "state_noise": 0.25}, BinaryAddition())
    noise = build.network(chosen, BinaryAddition(), asked.noise).noise
    assert isinstance(noise, Noise) and (noise.activation, noise.state) == (0.5, 0.25)


def test_of_the_data_only_what_differs_from_usual_is_asked(chosen):
    node = chosen["practice"] | {"curriculum": "growing", "solved": 0.5, "prefixes": True}
    order = practice(node, BinaryAddition()).order
    assert order["curriculum"].kind == "growing" and order["curriculum"].solved == 0.5 and order["prefixes"] is True


def test_only_a_text_has_no_rows_that_could_start_elsewhere(chosen):
    borrowing = chosen["practice"] | {"borrowed_starts": 0.5}
    for answer in ("once", "each_step", "fed_back"):
        assert practice(borrowing, SimpleNamespace(answer=answer)).borrowed == 0.5
    assert practice(chosen["practice"], SimpleNamespace(answer="endless")).borrowed == 0
    with pytest.raises(InputError, match=r"practice\.borrowed_starts=0\.5\): 0 for a text"):
        practice(borrowing, SimpleNamespace(answer="endless"))

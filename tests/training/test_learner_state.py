"""What a learner's state may be, against counts worked by hand."""

import math

import pytest
import torch

from rnnlab.config import build
from rnnlab.runs.likeness import Differs, compare
from rnnlab.training import setup
from rnnlab.training.learner_state import answered, carried_likeness, since_check


def since(sums=(2.5, 8, 6, 1, 4), norms=(1.5, 3), losses=(0.5, 0.25)):
    """nats, steps asked and right, rows exact and all; the sum of gradient norms and their count; losses of checks."""
    return {
        "sums": torch.tensor(sums, dtype=torch.float64),
        "gradient_norms": list(norms),
        "losses": list(losses),
    }


def test_sums_and_losses_that_a_training_can_have_come_to_pass():
    compare(since(), since_check(losses=2, fewest=3, most=3))
    compare(since(sums=(0, 0, 0, 0, 0), norms=(0.0, 0), losses=()), since_check(losses=0, fewest=0, most=9))


@pytest.mark.parametrize(
    "wrong",
    [
        {"sums": (2.5, 8, 9, 1, 4)},  # more right than asked
        {"sums": (2.5, 8, 6, 5, 4)},  # more exact than there are
        {"sums": (2.5, 3, 3, 1, 4)},  # more rows than steps that are asked of them
        {"sums": (2.5, 8, 5.5, 1, 4)},
        {"sums": (-0.5, 8, 6, 1, 4)},
        {"sums": (math.nan, 8, 6, 1, 4)},
        {"sums": (2.5, 8, 6, 1)},
        {"norms": (1.5, 2)},
        {"norms": (1.5, 4)},
        {"norms": (-1.5, 3)},
        {"losses": (0.5,)},
        {"losses": (0.5, math.inf)},
    ],
)
def test_sums_and_losses_that_no_training_comes_to_are_refused(wrong):
    with pytest.raises(Differs, match=next(iter(wrong))):
        compare(since(**wrong), since_check(losses=2, fewest=3, most=3))


@pytest.mark.parametrize(("model", "parts"), [("gru", 1), ("lstm", 2)])
def test_a_state_has_a_row_of_each_layer_and_every_weight_has_its_part_in_it(model, parts, config):
    made = build.parts(config("task=digitsum", f"model={model}", "model.hidden_size=4", "model.num_layers=2"))
    state, unused = answered(setup.make_learner(made), made.task)
    assert [part.shape for part in state] == [(2, 1, 4)] * parts and unused == set()


def test_a_carried_state_has_as_many_rows_as_the_batch_and_is_missing_only_between_epochs():
    def differs(carried, rows, dropped):
        try:
            compare(
                carried,
                carried_likeness([torch.zeros(2, 1, 4)], {"learner": {"carried": carried}}, rows, dropped, False),
            )
        except Differs:
            return True
        return False

    three = [torch.ones(2, 3, 4)]
    assert not differs(three, 3, False) and not differs(three, None, True) and not differs(None, None, True)
    assert differs(three, 5, False) and differs(None, 3, False) and differs([torch.ones(2, 3, 5)], 3, False)

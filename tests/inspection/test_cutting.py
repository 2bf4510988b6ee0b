"""Cuts, on a network of three units that adds without a mistake, and whose every unit is known."""

import pytest
import torch

from rnnlab.config import build
from rnnlab.inspection.cutting import needed, right, said, units, without
from rnnlab.inspection.whole import walk
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import ADDER, exact_adder, plain


@pytest.fixture
def adder():
    network = build.network(plain(*ADDER), BinaryAddition()).eval()
    exact_adder(network)
    return network


@pytest.fixture
def sums(seeded):
    return BinaryAddition().batch(200, 8, seeded())


def test_uncut_all_is_right(adder, sums):
    good, of = right(adder, sums, "each_step")
    assert torch.equal(good, of) and of.sum() == 200


def test_each_of_the_three_units_is_needed(adder, sums):
    assert all(one.high < 0.6 for one in units(adder, sums, "each_step"))
    assert needed(adder, sums, "each_step", 0.99) == [0, 1, 2]


def test_a_unit_that_does_nothing_can_be_cut(sums):
    network = build.network(plain(*ADDER[:3], "model.hidden_size=4"), BinaryAddition()).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        layer, head = network.layer, network.head
        layer.weight_ih_l0[:3] = 1
        layer.weight_hh_l0[:3] = torch.tensor([0.0, 1, -1, 0])
        layer.bias_ih_l0[:3] = torch.tensor([0.0, -1, -2])
        layer.bias_ih_l0[3] = 5
        head.weight[:, :3] = torch.tensor([[-1.0, 2, -2], [1, -2, 2]])
        head.bias.copy_(torch.tensor([0.5, -0.5]))
    assert needed(network, sums, "each_step", 1.0) == [0, 1, 2]
    assert units(network, sums, "each_step")[3].value == 1.0


def test_each_unit_alone_is_cut_as_if_by_hand(adder, sums):
    for unit, found in enumerate(units(adder, sums, "each_step", by="mean")):
        mean = walk(adder, sums.inputs)[1][..., unit].mean()

        def cut(state, step, unit=unit, mean=mean):
            return torch.cat([state[:, :unit], mean.expand(len(state), 1), state[:, unit + 1 :]], 1)

        good, of = right(adder, sums, "each_step", cut)
        assert found.value == float(good.sum() / of.sum())


def test_only_what_lies_across_the_carry_can_be_cut_without_harm(adder, sums, seeded):
    """The next step reads of the three units but the second minus the third; the head reads all."""
    across = torch.tensor([[0.0], [1.0], [1.0]]) / 2**0.5  # neither the head nor the next step looks along it
    along = torch.tensor([[0.0], [1.0], [-1.0]]) / 2**0.5
    assert without(adder, sums, "each_step", across).value == 1.0
    assert without(adder, sums, "each_step", along).high < 0.2
    assert without(adder, sums, "each_step", along, by="swap").high < 0.2


def test_a_written_answer_is_misled_by_its_own_mistakes(seeded):
    """What is cut at the first symbol of an answer is read back at the second."""
    task = DigitSum()
    network = build.network(plain("task=digitsum", "model=gru", "model.hidden_size=8"), task).eval()
    sums = task.batch(50, 4, seeded())
    written = said(network, sums, "fed_back")
    read_back = sums.inputs.clone()
    asked = sums.asked()
    for step in range(1, sums.inputs.shape[1]):
        read_back[:, step] = torch.where(asked[:, step - 1], written[:, step - 1], read_back[:, step])
    with torch.no_grad():
        assert torch.equal(network(read_back)[0].argmax(2), written)

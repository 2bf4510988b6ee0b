"""One question: what the model says, and whether that is right. The networks' weights are set by hand."""

import pytest
import torch
from torch import nn

from rnnlab.errors import InputError
from rnnlab.inference.answer import MARGIN, ask, check_answers
from rnnlab.network import Network, OneHot
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import exact_adder


def test_bit_by_bit_the_right_sum_is_true_and_its_complement_is_false():
    task = BinaryAddition()
    adder = Network(nn.Identity(), nn.RNN(2, 3, nonlinearity="relu", batch_first=True), 3, 2)
    exact_adder(adder)
    right = ask(adder, task, task.parse("9+60"))
    assert str(right) == "9 + 60 = 69 TRUE\n  0001001\n+ 0111100\n= 1000101"
    with torch.no_grad():
        for parameter in adder.head.parameters():
            parameter.neg_()
    wrong = ask(adder, task, task.parse("9+60"))  # 0111010 is 58
    assert str(wrong).splitlines()[::3] == ["9 + 60 = 58 FALSE, right is 9 + 60 = 69", "= 0111010"]


@torch.no_grad()
def follower(task, follows):
    """A network that writes after each symbol, whatever came before, the one that `follows` says of it."""
    size = task.num_inputs
    network = Network(OneHot(size), nn.RNN(size, size, bias=False, batch_first=True), size, task.num_classes)
    for parameter in network.parameters():
        parameter.zero_()
    network.layer.weight_ih_l0.fill_diagonal_(1)
    for symbol, after in follows.items():
        network.head.weight[after, symbol] = 1
    return network


def test_of_what_is_fed_back_the_whole_answer_counts():
    task = DigitSum()
    seven = follower(task, {task.eos: 7, 7: task.end})
    said = {text: str(ask(seven, task, task.parse(text))) for text in ("7", "34", "35", "9" * 8)}
    assert said["7"] == "7=7. TRUE" and said["34"] == "34=7. TRUE"
    assert said["35"] == "35=7. FALSE, right is 35=8." and said["9" * 8] == "99999999=7. FALSE, right is 99999999=72."


def test_an_answer_that_does_not_end_is_cut():
    task = DigitSum()
    endless = follower(task, {task.eos: 1, 1: 1})
    ones = "1" * (len("16.") + MARGIN)
    assert str(ask(endless, task, task.parse("1294"))) == f"1294={ones} FALSE, right is 1294=16."


def test_only_a_text_has_no_right_answer(task):
    if task.answer == "endless":
        with pytest.raises(InputError, match=r"rnnlab\.sample"):
            check_answers(task)
    else:
        check_answers(task)

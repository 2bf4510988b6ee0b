"""A few right and a few wrong answers of a network, the shortest first."""

import torch

from rnnlab.batch import stack
from rnnlab.inference.examples import examples, typed
from rnnlab.inference.load import load
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.countdown import Countdown
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save, save_adder


def test_of_an_exact_adder_all_are_right_and_the_shortest_come_first(tmp_path, seeded):
    loaded, task = load(save_adder(tmp_path / "run")), BinaryAddition()
    found = examples(loaded.network, task, [task.batch(2, 40, seeded()), task.batch(2, 3, seeded())])
    assert len(found.right) == 3 and found.wrong == [] and all(one.right for one in found.right)
    assert [len(one.shown) > 20 for one in found.right] == [False, False, True]


def test_right_and_wrong_ones_of_padded_examples_are_told_apart(tmp_path):
    loaded, task = load(save(tmp_path / "run", "task=digitsum", "model=rnn")), DigitSum()
    with torch.no_grad():
        loaded.network.head.bias[:] = torch.tensor([0, 0, 0, 0, 0, 50.0, 0, 0, 0, 0, 0, 40.0])  # 5, 5, 5, ...
        loaded.network.layer.weight_ih_l0.zero_()[:, 5] = -1  # but after a 5 the hidden state is low
        loaded.network.layer.weight_hh_l0.zero_()
        loaded.network.head.weight.zero_()[5] = 10
    found = examples(loaded.network, task, [stack([task.every(1), task.every(2)])], count=2)
    assert [one.shown for one in found.right] == ["5=5.", "05=5."]
    assert [one.solution for one in found.wrong] == ["0=0.", "1=1."]
    assert not any(one.right for one in found.wrong)


def test_a_question_is_typed_as_the_shortest_beginning_that_is_read_as_it():
    assert typed(BinaryAddition(), "9 + 60 = 69") == "9 + 60"
    assert typed(DigitSum(), "1294=16.") == "1294"
    assert typed(Countdown(), "3: 2 1 0") == "3"
    assert typed(DigitSum(), "nothing") == ""

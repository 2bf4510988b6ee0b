"""Length generalisation: an exact adder is right at any length, and every count agrees with plain Python."""

import math
import resource
import time

import pytest
import torch

from rnnlab.data.lengths import measurable
from rnnlab.errors import InputError
from rnnlab.inference import by_length as bylength
from rnnlab.inference.by_length import Measured, beyond, by_length, measure, wilson
from rnnlab.network import Network
from rnnlab.tasks.binaryaddition import ADVERSARIES, BinaryAddition
from rnnlab.tasks.digitsum import DigitSum
from rnnlab.train import main as train
from saved_runs import exact_adder


@pytest.fixture
def adder():
    network = Network(torch.nn.Identity(), torch.nn.RNN(2, 3, nonlinearity="relu", batch_first=True), 3, 2)
    exact_adder(network)
    return network.eval()


def joined(pieces):
    """The whole examples of consecutive pieces."""
    pieces = list(pieces)
    return [torch.cat([piece[part] for piece in pieces], 1) for part in (0, 1)]


def test_wilson_intervals_are_those_of_the_score_test():
    """The ends are the shares p where |p - right/count| is 1.96 standard errors of p."""
    for right, count in [(0, 10), (10, 10), (3, 10), (77, 1000), (1, 1)]:
        low, high = wilson(right, count)
        assert 0 <= low <= right / count <= high <= 1
        for end in (low, high):
            if 0 < end < 1:
                assert abs(right / count - end) == pytest.approx(
                    1.959964 * math.sqrt(end * (1 - end) / count), rel=1e-5
                )
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)  # as tables have it


def test_an_exact_adder_is_right_at_every_length_and_kind(adder):
    measured = by_length(adder, BinaryAddition(), [1, 8, 300], count=50, seed=4)
    assert len(measured) == 3 * (1 + len(ADVERSARIES))
    assert all(one.exact == one.rows and one.right == one.asked for one in measured)
    assert [one.asked for one in measured if one.inputs == "random"] == [50 * 2, 50 * 9, 50 * 301]


def test_pieces_with_carried_state_count_as_the_whole_does(adder, seeded, monkeypatch):
    """A network that forgets its carry is wrong just where a row's whole answer is."""
    with torch.no_grad():
        adder.layer.weight_hh_l0.mul_(0.4)
    task = BinaryAddition()
    inputs, targets = joined(task.pieces(40, 33, seeded(2)))
    with torch.inference_mode():
        wrong = adder(inputs)[0].argmax(2) != targets
    assert 0 < wrong.sum() < wrong.numel()
    for steps in (1, 40, 200, 1 << 16):
        monkeypatch.setattr(bylength, "STEPS", steps)
        one = measure(adder, 33, "random", task.pieces(40, 33, seeded(2)))
        assert one.exact == int((~wrong.any(1)).sum()) and one.right == int((~wrong).sum())


def test_many_rows_are_read_in_parts(adder, monkeypatch):
    task, sizes = BinaryAddition(), []
    pieces = BinaryAddition.pieces
    monkeypatch.setattr(
        BinaryAddition, "pieces", lambda self, size, *more: sizes.append(size) or pieces(self, size, *more)
    )
    whole = by_length(adder, task, [9], 20, 1)[0]
    monkeypatch.setattr(bylength, "ROWS", 7)
    assert by_length(adder, task, [9], 20, 1)[0] == whole == Measured(9, "random", 20, 20, 200, 200)
    assert sizes == [1, 20, 1, 7, 7, 6]  # each length is tried with one example first


LARGE = [([1_000_000_000], 1000), ([10**30], 1), ([3, 10**9], 1), ([1000], 10**7), ([10**6], 10**5)]


@pytest.mark.parametrize("lengths, count", LARGE)
def test_more_than_memory_or_patience_holds_is_refused(lengths, count, task):
    with pytest.raises(InputError, match=r"\(lengths="):
        measurable("lengths", lengths, task, count)


def test_examples_that_are_made_whole_are_bounded_in_memory():
    assert measurable("lengths", [400_000], BinaryAddition()) == [400_000]  # made piece by piece
    with pytest.raises(InputError, match=r"take 17\.9 GiB"):
        measurable("lengths", [400_000], DigitSum())
    assert measurable("lengths", [40_000], DigitSum()) == [40_000]


def test_a_length_that_a_task_has_not_is_refused_before_the_training(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train(["task=countdown", "task.eval_lengths=[5,21]"]) == 2
    assert "task.eval_lengths=[5, 21]" in capsys.readouterr().err
    assert train(["task=binaryaddition", "task.eval_lengths=[1000000000]"]) == 2
    assert "1,000,000,000" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_one_figure_is_the_mean_over_the_lengths_beyond():
    rows = [
        Measured(4, "random", 10, 10, 1, 1),
        Measured(8, "random", 10, 5, 1, 1),
        Measured(16, "random", 100, 0, 1, 1),
    ]
    rows += [Measured(8, "zeros", 2, 2, 1, 1), Measured(8, "nines", 2, 0, 1, 1)]
    assert beyond(rows, 4) == {"random": 0.25, "adversarial": 0.5}
    assert beyond(rows, 16) == {}


@pytest.mark.slow
def test_a_thousand_sums_of_10000_bits_take_less_than_20_seconds(adder, seeded):
    began = time.perf_counter()
    one = measure(adder, 10_000, "random", BinaryAddition().pieces(1000, 10_000, seeded()))
    assert one.exact == one.rows == 1000 and time.perf_counter() - began < 20


@pytest.mark.slow
def test_ten_sums_of_a_million_bits_need_no_more_memory_than_a_tenth_of_that(adder, seeded):
    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    measure(adder, 100_000, "random", BinaryAddition().pieces(10, 100_000, seeded()))
    before = peak()
    one = measure(adder, 1_000_000, "random", BinaryAddition().pieces(10, 1_000_000, seeded()))
    assert one.exact == 10 and peak() - before < 20  # MB; the inputs alone would take 160

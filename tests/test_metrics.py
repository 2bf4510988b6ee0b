"""Scores against a plain Python loop."""

import math

import pytest
import torch

from rnnlab.batch import IGNORE
from rnnlab.metrics import Score, counted, named, score, summary, total


def by_hand(logits, targets):
    """nats, asked, right, exact, rows: one step at a time."""
    nats, asked, right, exact, rows = 0.0, 0, 0, 0, 0
    for row, wanted in zip(logits.tolist(), targets.tolist(), strict=True):
        steps = [(values, target) for values, target in zip(row, wanted, strict=True) if target != IGNORE]
        hits = [max(range(len(values)), key=values.__getitem__) == target for values, target in steps]
        nats += sum(math.log(sum(map(math.exp, values))) - values[target] for values, target in steps)
        asked, right = asked + len(steps), right + sum(hits)
        exact, rows = exact + (bool(hits) and all(hits)), rows + bool(hits)
    return nats, asked, right, exact, rows


@pytest.fixture
def batch(seeded):
    logits = torch.randn(40, 4, 3, generator=seeded(1), dtype=torch.float64)
    targets = torch.randint(3, (40, 4), generator=seeded(2))
    targets[torch.rand(40, 4, generator=seeded(3)) < 0.5] = IGNORE
    return logits, targets


def test_sums_equal_a_plain_loop(batch):
    logits, targets = batch
    expected = by_hand(logits, targets)
    found = total(score(logits, targets)).tolist()
    assert found == pytest.approx(expected, rel=1e-12)
    assert 0 < expected[3] < expected[4] < 40  # some rows right, some wrong, some not asked at all


@pytest.mark.parametrize("dtype, error", [(torch.float64, 1e-12), (torch.float32, 1e-6), (torch.bfloat16, 1e-6)])
def test_likelihoods_are_as_precise_as_the_logits(batch, dtype, error):
    logits, targets = batch
    logits = logits.to(dtype)
    assert score(logits, targets).nats.item() == pytest.approx(by_hand(logits, targets)[0], rel=error)


def test_two_steps_by_hand():
    logits = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)]]])
    sums = score(logits, torch.tensor([[0, 1]]))
    assert sums.nats.item() == pytest.approx(math.log(2) + math.log(4 / 3))
    assert (sums.asked, sums.right, sums.exact, sums.rows) == (2, 2, 1, 1)
    sums = score(logits, torch.tensor([[0, 0]]))
    assert sums.nats.item() == pytest.approx(math.log(2) + math.log(4))
    assert (sums.right, sums.exact) == (1, 0)


def test_uneven_batches_weigh_every_step_the_same(batch):
    logits, targets = batch
    whole = total(score(logits, targets))
    pieces = sum(total(score(logits[part], targets[part])) for part in (slice(0, 3), slice(3, 31), slice(31, 40)))
    torch.testing.assert_close(pieces, whole, rtol=1e-12, atol=0)


def test_a_row_where_nothing_is_asked_is_neither_exact_nor_counted():
    logits = torch.zeros(3, 2, 2)
    targets = torch.tensor([[IGNORE, IGNORE], [0, IGNORE], [1, 0]])
    sums = score(logits, targets)
    assert (sums.exact, sums.rows, sums.asked) == (1, 2, 3)


def test_where_nothing_is_asked_the_scores_are_zero_and_so_is_the_gradient():
    logits = torch.zeros(1, 2, 2, requires_grad=True)
    sums = score(logits, torch.full((1, 2), IGNORE))
    sums.nats.backward()
    assert total(sums).tolist() == [0] * 5 and logits.grad.abs().sum() == 0
    assert summary(named(total(sums)), "once") == {"loss": 0, "accuracy": 0, "exact_match": 0}


def test_the_gradient_is_probability_minus_target_at_asked_steps_only():
    logits = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]], requires_grad=True)
    score(logits, torch.tensor([[1, IGNORE]])).nats.backward()
    p = math.exp(1) / (math.exp(1) + math.exp(2))
    torch.testing.assert_close(logits.grad, torch.tensor([[[p, -p], [0.0, 0.0]]]))


def test_a_summary_is_the_means_by_hand():
    sums = Score(nats=6.0, asked=8.0, right=4.0, exact=1.0, rows=2.0)
    for answer in ("once", "each_step", "fed_back"):
        assert summary(sums, answer) == {"loss": 0.75, "accuracy": 0.5, "exact_match": 0.5}
        assert counted(sums, answer) == ("examples", 2)
    assert summary(sums, "endless")["bits_per_character"] == pytest.approx(0.75 / math.log(2))
    assert counted(sums, "endless") == ("characters", 8)


def test_an_even_guess_over_eight_symbols_is_three_bits_per_character():
    sums = named(total(score(torch.zeros(2, 5, 8), torch.zeros(2, 5, dtype=torch.int64))))
    assert summary(sums, "endless")["bits_per_character"] == pytest.approx(3)

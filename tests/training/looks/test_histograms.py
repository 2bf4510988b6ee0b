"""Counts of weights, gradients and activations."""

import pytest
import torch

from rnnlab.batch import IGNORE
from rnnlab.training.looks.histograms import activations, gradients, weights


def test_every_weight_has_the_counts_of_its_numbers(seen, found):
    look = seen("task=digitsum", "model=lstm")
    weights(look)
    for name, weight in look.network.named_parameters():
        (one,) = found().Histograms(f"weights/{name}")
        assert one.step == 3 and one.histogram_value.num == weight.numel()
        assert one.histogram_value.sum == pytest.approx(float(weight.sum()), abs=1e-5)
        assert one.histogram_value.max == pytest.approx(float(weight.max()))


def test_gradients_are_those_of_the_loss_that_is_asked_and_none_is_left(seen, found):
    look = seen("task=digitsum", "model=rnn")
    gradients(look)
    assert all(weight.grad is None for weight in look.network.parameters())
    with torch.enable_grad():
        logits, _ = look.network(look.rows().inputs)
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), look.rows().targets.flatten(), ignore_index=IGNORE
        )
        loss.backward()
    for name, weight in look.network.named_parameters():
        (one,) = found().Histograms(f"gradients/{name}")
        assert one.histogram_value.sum_squares == pytest.approx(float(weight.grad.square().sum()), rel=1e-4)


def test_activations_are_of_every_gate_of_every_layer(seen, found):
    look = seen("task=binaryaddition", "model=gru")
    activations(look)
    names = ["reset", "update", "candidate", "hidden"]
    assert sorted(found().Tags()["histograms"]) == sorted(
        f"activations/layer {layer} {name}" for layer in (1, 2) for name in names
    )
    (one,) = found().Histograms("activations/layer 2 update")
    assert one.histogram_value.num == 20 * look.rows().inputs.shape[1] * 5
    assert 0 < one.histogram_value.min < one.histogram_value.max < 1

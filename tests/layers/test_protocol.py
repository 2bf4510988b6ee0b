"""What every model of conf/model must do: be causal, treat each row alone, and carry nothing but its state."""

import copy

import pytest
import torch
from torch.nn import functional

from rnnlab.batch import IGNORE, stack
from rnnlab.config import build
from rnnlab.layers.state import detach, run
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.digitsum import DigitSum

HIDDEN = 8
VARIANTS = {"plain": {}, "two layers": {"num_layers": 2}, "learnt embedding": {"embedding_size": 5}}


def close(found, expected):
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)


@pytest.fixture
def settings(model_name, config):
    """The config of each model, small and without dropout."""
    settings = config("task=digitsum", f"model={model_name}")
    settings["model"] |= {
        key: value for key, value in {"hidden_size": HIDDEN, "dropout": 0.0}.items() if key in settings["model"]
    }
    return settings


@pytest.fixture(params=VARIANTS)
def network(request, settings):
    for key, value in VARIANTS[request.param].items():
        if key not in settings["model"]:
            pytest.skip(f"{settings['model']['name']} has no {key}")
        settings["model"][key] = value
    return made(settings, DigitSum())


def made(settings, task):
    torch.manual_seed(3)
    return build.network(settings, task).double()


@pytest.fixture
def inputs(seeded):
    return torch.randint(12, (3, 9), generator=seeded(1))


def test_two_chunks_equal_the_whole(network, inputs):
    whole, last = network(inputs)
    for cut in (1, 4, 8):
        first, state = network(inputs[:, :cut])
        second, end = network(inputs[:, cut:], detach(state))
        close(torch.cat([first, second], 1), whole)
        for found, expected in zip(end, last, strict=True):
            close(found, expected)


def test_step_by_step_equals_the_whole_with_features(settings, seeded):
    network = made(settings, BinaryAddition())
    inputs = torch.rand(3, 6, 2, generator=seeded(2), dtype=torch.float64)
    state, steps = None, []
    for t in range(6):
        logits, state = network(inputs[:, t : t + 1], state)
        steps.append(logits)
    close(torch.cat(steps, 1), network(inputs)[0])


def test_the_state_carries_something(network, inputs):
    _, state = network(inputs)
    fresh, carried = network(inputs)[0], network(inputs, state)[0]
    assert (fresh[:, 0] - carried[:, 0]).abs().max() > 1e-6


def test_no_step_sees_the_future(network, inputs):
    before = network(inputs)[0]
    for t in (1, 5, 8):
        changed = inputs.clone()
        changed[:, t] = (changed[:, t] + 1) % 12
        after = network(changed)[0]
        close(after[:, :t], before[:, :t])
        assert (after[:, t] - before[:, t]).abs().amax(1).min() > 1e-9


def test_gradients_flow_from_a_step_to_its_past_only(network, inputs):
    x = network.encoder(inputs).detach().requires_grad_()
    y, _ = network.layer(x)
    (gradient,) = torch.autograd.grad(network.head(y)[:, 4].square().sum(), x)
    sizes = gradient.abs().amax((0, 2))
    assert (sizes[:5] > 0).all() and (sizes[5:] == 0).all()


def test_rows_are_independent(network, inputs):
    together, state = network(inputs)
    for row in range(3):
        alone, own = network(inputs[row : row + 1])
        close(alone, together[row : row + 1])
        for found, expected in zip(own, state, strict=True):
            close(found, expected[:, row : row + 1])


def test_right_padding_changes_no_asked_logit(network, seeded):
    batches = [DigitSum().batch(4, length, seeded(length)) for length in (1, 3, 12)]
    padded = stack(batches)
    logits = network(padded.inputs)[0]
    alone = torch.cat([network(batch.inputs)[0][batch.asked()] for batch in batches])
    assert len(alone) == int((padded.targets != IGNORE).sum())
    close(logits[padded.asked()], alone)


def test_every_parameter_gets_a_gradient(network, seeded):
    batch = DigitSum().batch(16, 4, seeded(4))
    logits = network(batch.inputs)[0]
    functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORE).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_states_are_layers_by_rows_by_hidden_units(settings, inputs):
    layers = [1, 2, 3] if "num_layers" in settings["model"] else [None]
    for count in layers:
        settings["model"] |= {} if count is None else {"num_layers": count}
        logits, state = made(settings, DigitSum())(inputs)
        assert logits.shape == (3, 9, 12)
        assert isinstance(state, tuple)
        assert all(part.shape == (count or len(part), 3, HIDDEN) for part in state)


def test_the_last_layers_last_output_is_in_the_state(network, inputs):
    y, state = run(network.layer, network.encoder(inputs))
    close(state[0][-1], y[:, -1])


def test_equal_seeds_give_equal_weights(settings):
    one, other = (made(copy.deepcopy(settings), DigitSum()).state_dict() for _ in range(2))
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_one_hot_is_an_embedding_frozen_at_the_identity(settings, inputs):
    network = made(settings, DigitSum())
    encoded = network.encoder(inputs)
    assert torch.equal(encoded, functional.one_hot(inputs, 12).double())
    assert not list(network.encoder.parameters()) and not network.encoder.state_dict()


def test_a_learnt_embedding_is_refused_for_features(settings):
    if "embedding_size" not in settings["model"]:
        pytest.skip("no embedding_size")
    settings["model"]["embedding_size"] = 5
    with pytest.raises(ValueError, match=r"model\.embedding_size=5"):
        made(settings, BinaryAddition())


def test_forget_gates_start_at_the_bias_that_the_config_gives(settings):
    if "forget_bias" not in settings["model"]:
        pytest.skip("no forget gate")
    settings["model"] |= {"forget_bias": 1.5, "num_layers": 3}
    layer = made(settings, DigitSum()).layer
    for index in range(3):
        bias_ih, bias_hh = getattr(layer, f"bias_ih_l{index}"), getattr(layer, f"bias_hh_l{index}")
        assert (bias_ih + bias_hh).view(-1, HIDDEN).tolist().count([1.5] * HIDDEN) == 1  # of the gates one

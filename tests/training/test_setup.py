"""From a config to everything that a training needs."""

import pytest
import torch

from rnnlab.config import build
from rnnlab.config.compose import CONF
from rnnlab.training import setup


@pytest.fixture
def learner(config):
    """A function from overrides to the learner and the data that a config with them makes."""

    def made(*overrides):
        chosen = [] if any(one.startswith("model=") for one in overrides) else ["model=gru"]
        settings = config(*chosen, "model.hidden_size=4", "data.batch_size=8", *overrides)
        parts = build.parts(settings)
        return setup.make_learner(parts), parts.data

    return made


@pytest.mark.parametrize("optimizer", sorted(path.stem for path in (CONF / "optimizer").glob("*.yaml")))
@pytest.mark.parametrize("biases", [True, False])
def test_weight_decay_moves_the_biases_only_if_it_may(optimizer, biases, learner):
    settings = [f"optimizer={optimizer}", "optimizer.weight_decay=0.1", f"optimizer.decay_biases={str(biases).lower()}"]
    made, *_ = learner("task=digitsum", "model=lstm", *settings)
    stepper = made.configure_optimizers()
    before = {name: parameter.detach().clone() for name, parameter in made.named_parameters()}
    for parameter in made.parameters():
        parameter.grad = torch.zeros_like(parameter)
    stepper.step()
    moved = {name for name, parameter in made.named_parameters() if not torch.equal(parameter, before[name])}
    matrices = {name for name, parameter in before.items() if parameter.dim() == 2}
    assert len(matrices) == 3 and len(before) == 6
    assert moved == (set(before) if biases else matrices)

"""What can be added to a training for longer sequences: ranges, curricula, prefixes, borrowed starts, spared biases."""

import pytest

from rnnlab.batch import IGNORE, Batch
from rnnlab.config import build
from rnnlab.data.curriculum import Curriculum
from rnnlab.data.draw import Part
from rnnlab.data.loaders import Drawn
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.training import setup


def lengths_of(batch):
    """The lengths of the sums in a batch, which have a step more."""
    return {int(row.sum()) - 1 for row in batch.asked()}


def drawn(*curriculum):
    """A loader of sums of 1 to 4 bits, and the curriculum that it asks."""
    asked = Curriculum(*curriculum)
    return Drawn(Part(BinaryAddition()), [4, 2, 3, 1], batch_size=8, steps=40, seed=1, curriculum=asked), asked


@pytest.fixture
def learner(config):
    """A function from overrides to the learner and the data that a config with them makes."""

    def made(*overrides):
        chosen = [] if any(one.startswith("model=") for one in overrides) else ["model=gru"]
        settings = config(*chosen, "model.hidden_size=4", "data.batch_size=8", *overrides)
        parts = build.parts(settings)
        return setup.make_learner(parts), parts.data

    return made


def test_uniform_batches_have_every_length_and_fixed_ones_the_longest(learner):
    sums = ["task=binaryaddition", "data.lengths=1-4", "data.split=null"]
    uniform, fixed = (
        learner(*sums, f"practice.curriculum={curriculum}")[1].train for curriculum in ("uniform", "fixed")
    )
    assert set.union(*map(lengths_of, uniform)) == {1, 2, 3, 4}
    assert set.union(*map(lengths_of, fixed)) == {4}


def test_only_a_growing_curriculum_looks_at_the_network():
    for kind in ("uniform", "fixed"):
        assert drawn(kind)[0].check(None, 0) == {}


@pytest.mark.parametrize("task", ["binaryaddition", "countdown"])
def test_a_task_without_prefixes_to_ask_for_says_so(task, learner):
    source = [] if task == "binaryaddition" else ["data.source=drawn"]
    with pytest.raises(InputError, match=r"practice\.prefixes=true"):
        learner(f"task={task}", "practice.prefixes=true", *source)


def test_all_options_together_train_every_layer(learner, model_name):
    """Two steps with everything on: finite, and every weight has a gradient."""
    options = ["practice.prefixes=true", "practice.borrowed_starts=0.5", "practice.curriculum=growing"]
    options += ["practice.activation_noise=0.1", "practice.state_noise=0.1", "data.source=drawn", "data.lengths=2-4"]
    made, data = learner("task=digitsum", f"model={model_name}", *options)
    made.train()
    for index, batch in enumerate(list(data.train)[:2]):
        assert isinstance(batch, Batch) and (batch.targets != IGNORE).any(1).all()
        made.zero_grad()
        made.training_step(batch, index).backward()
    for name, parameter in made.named_parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.abs().max() > 0, name

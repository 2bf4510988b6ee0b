"""What can be added to a training for longer sequences: ranges, curricula, prefixes, borrowed starts, spared biases."""

from types import SimpleNamespace

import pytest
import torch

from rnnlab import build
from rnnlab.batch import IGNORE, Batch
from rnnlab.composing import CONF
from rnnlab.curriculum import COUNT, Curriculum
from rnnlab.data import ExampleData, check_lengths
from rnnlab.errors import InputError
from rnnlab.loaders import Drawn, row_hash
from rnnlab.noise import Noise
from rnnlab.practice import OFF, practice
from rnnlab.scoring import longest_trained
from rnnlab.starting import borrowed
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.digitsum import DigitSum

SHARE = (0.0, 0.8)


def lengths_of(batch):
    """The lengths of the sums in a batch, which have a step more."""
    return {int(row.sum()) - 1 for row in batch.asked()}


def drawn(*curriculum):
    """A loader of sums of 1 to 4 bits, and the curriculum that it asks."""
    asked = Curriculum(*curriculum)
    return Drawn(BinaryAddition(), [4, 2, 3, 1], batch_size=8, steps=40, seed=1, curriculum=asked), asked


@pytest.fixture
def learner(config):
    """A function from overrides to the learner and the data that a config with them makes."""

    def made(*overrides):
        chosen = [] if any(one.startswith("model=") for one in overrides) else ["model=gru"]
        settings = config(*chosen, "model.hidden_size=4", "data.batch_size=8", *overrides)
        parts = build.parts(settings)
        return build.learner(parts), parts.data

    return made


def test_a_range_is_the_list_of_its_lengths():
    assert check_lengths("lengths", "2-5", DigitSum()) == [2, 3, 4, 5]
    assert check_lengths("lengths", "7-7", DigitSum()) == [7]
    one, other = (
        list(ExampleData(BinaryAddition(), 1, 8, lengths, source="drawn", held_out=9).train)
        for lengths in ("1-4", [1, 2, 3, 4])
    )
    assert all(torch.equal(a.inputs, b.inputs) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("lengths", ["5-2", "0-3", "1-", "-3", "1-1001", "1-99999999999", "a", "1-2-3"])
def test_what_is_no_range_is_refused(lengths):
    with pytest.raises(InputError, match=r"1-40|from 1 to"):
        check_lengths("lengths", lengths, DigitSum())


@pytest.mark.parametrize(("lengths", "longest"), [("1-12", 12), ([9, 4], 9)])
def test_the_longest_length_of_a_training_is_known_from_its_config(lengths, longest):
    config = {"task": {"name": "digitsum", "csv": None}, "data": {"lengths": lengths}}
    assert longest_trained(SimpleNamespace(saved={"config": config})) == longest


def test_nothing_is_added_where_nothing_is_asked_for(learner):
    for node in ({}, OFF):
        asked = practice(node, BinaryAddition())
        assert asked.noise is None and asked.borrowed == 0 and not asked.order()
    made, data = learner("task=binaryaddition")
    assert made.network.noise is None and made.borrow == 0
    assert data.train.curriculum.kind == "uniform" and not data.train.prefixes


def test_the_config_says_what_is_off(config):
    assert config("task=digitsum")["practice"] == OFF


def test_uniform_batches_have_every_length_and_fixed_ones_the_longest(learner):
    sums = ["task=binaryaddition", "data.lengths=1-4", "data.split=null"]
    uniform, fixed = (
        learner(*sums, f"practice.curriculum={curriculum}")[1].train for curriculum in ("uniform", "fixed")
    )
    assert set.union(*map(lengths_of, uniform)) == {1, 2, 3, 4}
    assert set.union(*map(lengths_of, fixed)) == {4}


class Knows(torch.nn.Module):
    """A network that adds operands of up to `most` bits, but for the first `wrong` rows of a batch."""

    head = torch.nn.Linear(1, 2)

    def __init__(self, most, wrong=0):
        super().__init__()
        self.most, self.wrong = most, wrong

    def forward(self, inputs):
        bits = inputs[:, :-1].long()
        targets = BinaryAddition().add(bits).targets
        logits = torch.nn.functional.one_hot(targets, 2).float()
        logits[: self.wrong if bits.shape[1] <= self.most else None] *= -1
        return logits, None


def look(loader, network, step=0):
    """What a check finds, and the longest length that batches have after it."""
    return loader.check(network, step)["longest_length"], max(loader.curriculum.present(loader.lengths))


def test_a_growing_curriculum_lets_a_length_in_when_the_longest_so_far_is_solved():
    loader, curriculum = drawn("growing")
    assert set.union(*map(lengths_of, loader)) == {1}
    assert [look(loader, Knows(most=2), step) for step in range(4)] == [(1, 2), (2, 3), (3, 3), (3, 3)]
    assert set.union(*map(lengths_of, loader)) == {1, 2, 3}
    assert [look(loader, Knows(most=9), step) for step in range(3)] == [(3, 4), (4, 4), (4, 4)]
    assert curriculum.present(loader.lengths) == [1, 2, 3, 4]


def test_solved_is_the_share_of_examples_that_it_says():
    enough = COUNT // 4
    loader, _ = drawn("growing", 0.75)
    assert look(loader, Knows(9, wrong=enough + 1)) == (1, 1)
    assert look(loader, Knows(9, wrong=enough)) == (1, 2)


def test_only_a_growing_curriculum_looks_at_the_network():
    for kind in ("uniform", "fixed"):
        assert drawn(kind)[0].check(None, 0) == {}


def test_a_growing_curriculum_goes_on_where_its_loader_was_saved():
    loader, curriculum = drawn("growing", 0.5)
    look(loader, Knows(9))
    again, anew = drawn("growing", 0.5)
    again.load_state_dict(loader.state_dict())
    assert anew.present(again.lengths) == curriculum.present(loader.lengths) == [1, 2]


def test_the_prefixes_of_a_digit_sum_by_hand():
    task = DigitSum()
    parts = task.prefixes(task.parse("1294"))
    assert [task.show(part.inputs[0], part.targets[0]) for part in parts] == ["1=1.", "12=3.", "129=12."]
    assert task.prefixes(task.parse("7")) == []


def test_a_batch_with_prefixes_holds_them_all_but_those_that_are_held_out():
    task = DigitSum()
    plain, loader = (
        Drawn(task, [1, 3, 5], 30, 12, seed=1, share=SHARE, prefixes=prefixes) for prefixes in (False, True)
    )
    left_out = 0
    for batch, full in zip(loader, plain, strict=True):
        questions = [task.vocab.decode(row).split("=")[0] for row in full.inputs]
        expected = [question[:cut] for cut in range(1, len(questions[0])) for question in questions]
        held_out = [not SHARE[0] <= row_hash(task.parse(text).inputs, 0) < SHARE[1] for text in expected]
        expected = [text for text, out in zip(expected, held_out, strict=True) if not out]
        left_out += sum(held_out)
        found = [task.show(row, targets) for row, targets in zip(*batch, strict=True)]
        assert found == [f"{text}={sum(map(int, text))}." for text in [*questions, *expected]]
    assert left_out > 50


@pytest.mark.parametrize("task", ["binaryaddition", "countdown"])
def test_a_task_without_prefixes_to_ask_for_says_so(task, learner):
    source = [] if task == "binaryaddition" else ["data.source=drawn"]
    with pytest.raises(InputError, match=r"practice\.prefixes=true"):
        learner(f"task={task}", "practice.prefixes=true", *source)


def test_rows_borrow_the_states_of_other_rows():
    torch.manual_seed(1)
    h, c = torch.randn(2, 2, 5, 3)  # two layers, five rows
    assert borrowed(None, 4, 1.0) is None
    started = borrowed((h, c), 400, 0.25)
    donors = []
    for row in range(400):
        if started[0][:, row].any():
            (donor,) = (place for place in range(5) if torch.equal(h[:, place], started[0][:, row]))
            assert torch.equal(started[1][:, row], c[:, donor])
            donors.append(donor)
        else:
            assert not started[1][:, row].any()
    assert len(donors) / 400 == pytest.approx(0.25, abs=0.07)  # over three standard deviations
    assert set(donors) == set(range(5))
    (every,) = borrowed((h,), 7, 1.0)
    assert every.shape == (2, 7, 3) and every.abs().amin((0, 2)).all()


def test_a_batch_starts_where_rows_of_the_batch_before_ended_and_only_in_training(learner):
    made, data = learner("task=binaryaddition", "practice.borrowed_starts=1")
    first, second = list(data.train)[:2]
    given = []
    network = made.network
    original = network.forward
    network.forward = lambda inputs, state=None: given.append(state) or original(inputs, state)
    made.training_step(first, 0)
    made.validation_step(first, 0)
    made.training_step(second, 1)
    (ended,) = original(first.inputs)[1]
    assert given[0] is None and given[1] is None
    rows = {tuple(row) for row in ended[0].tolist()}
    assert {tuple(row) for row in given[2][0][0].tolist()} <= rows
    assert not given[2][0].requires_grad


def test_noise_is_put_into_the_network(learner):
    made, *_ = learner("task=digitsum", "practice.activation_noise=0.5", "practice.state_noise=0.25")
    assert isinstance(made.network.noise, Noise)
    assert (made.network.noise.activation, made.network.noise.state) == (0.5, 0.25)


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

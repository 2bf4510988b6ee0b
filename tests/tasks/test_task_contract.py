"""The contract of a task catches wrong ones: each is planted here, and nothing but the contract would say so."""

from types import SimpleNamespace

import pytest
import torch

from rnnlab.batch import IGNORE, Batch, answer_after
from rnnlab.config import build
from rnnlab.data.splits import ExampleData
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.countdown import Countdown
from rnnlab.tasks.digitsum import DigitSum
from rnnlab.tasks.task import Task
from task_contract import (
    asks_where_it_says,
    has_its_shapes,
    parses_what_it_shows,
    parts_share_no_example,
    says_how_its_answer_comes,
)


class Reversal(Task):
    """Reads symbols and a mark, then writes them backwards: `0 1 1 =` asks `1 1 0 .`; right in everything."""

    answer = "fed_back"
    num_inputs = num_classes = 4
    eos, end = 2, 3

    def batch(self, size, length, generator):
        return self.ask(torch.randint(2, (size, length), generator=generator))

    def every(self, length):
        return self.ask(torch.arange(2**length).unsqueeze(1) // 2 ** torch.arange(length) % 2)

    def parse(self, text):
        if not text or set(text) - {"0", "1"}:
            raise InputError("no symbols", "one or more of 0 and 1", "input", repr(text))
        return self.ask(torch.tensor([[int(symbol) for symbol in text]]))

    def show(self, inputs, targets):
        question = inputs[: int((inputs == self.eos).nonzero()[0])].tolist()
        return "".join(map(str, question)) + " " + "".join(map(str, targets[targets != IGNORE].tolist()))

    def ask(self, symbols):
        mark = torch.full((len(symbols), 1), self.eos)
        return answer_after(torch.cat([symbols, mark], 1), torch.cat([symbols.flip(1), mark + 1], 1))


def keeps_everything(task, batch=None):
    """All that `test_tasks.py` asks about how the task asks."""
    batch = batch or task.batch(20, 3, torch.Generator().manual_seed(1))
    says_how_its_answer_comes(task)
    has_its_shapes(task, batch, len(batch.targets))
    asks_where_it_says(task, batch)
    parses_what_it_shows(task, batch)


def refused(why, task, batch=None):
    with pytest.raises(AssertionError, match=why):
        keeps_everything(task, batch)


def test_a_task_that_is_right_passes(seeded):
    keeps_everything(Reversal())
    parts_share_no_example(Reversal(), ExampleData(Reversal(), 1, 8, [3, 4, 5], split=[0.6, 0.2, 0.2]))
    for task in (DigitSum(), BinaryAddition(), BinaryAddition("one_hot"), Countdown(), CharText("sentences")):
        keeps_everything(task, task.batch(20, 5, seeded(2)))


def test_a_task_that_does_not_say_how_its_answer_comes_is_named_by_contract_and_command():
    class Silent(Reversal):
        answer = None

    refused("Silent.answer is None: say how its answer comes, one of once, each_step, fed_back, endless", Silent())
    config = {"task": {"name": "silent", "_target_": f"{__name__}.Mute"}}
    with pytest.raises(InputError, match=r"Mute does not say how its answer comes, .*fed_back.* \(task\._target_="):
        build.task(config)


class Mute(Task):
    """A user's task from before there was anything to say."""

    num_inputs = num_classes = 2


@pytest.mark.parametrize("says", ["once", "each_step", "endless"])
@pytest.mark.parametrize("kind", [Reversal, Countdown, DigitSum])
def test_a_task_that_does_not_say_that_its_answer_is_fed_back_is_caught(kind, says, seeded):
    class Wrong(kind):
        answer = says

    refused(f"ends an answer that is fed back, and its answer comes {says}", Wrong())
    forgetful = SimpleNamespace(answer=says, symbols=True, eos=None, end=None)  # forgets its end as well
    if says == "endless" and kind is Countdown:
        pytest.skip("asks at every step for what it reads next, as a text does")
    with pytest.raises(AssertionError, match="endless: asked at every step" if says == "endless" else f"not {says}"):
        asks_where_it_says(forgetful, kind().batch(20, 3, seeded(1)))


def test_an_answer_without_its_end_is_caught(seeded):
    class Unending(Reversal):
        end = None

    refused("end must be the class that ends its answer", Unending())
    cut = Batch(*(part[:, :-1] for part in Reversal().batch(5, 3, seeded(1))))
    with pytest.raises(AssertionError, match="an answer ends with `end`"):
        asks_where_it_says(Reversal(), cut)


def late(batch):
    """Asked a step late, where the right answer has just been read."""
    inputs = torch.cat([batch.inputs, batch.targets[:, -1:].clamp(min=0)], 1)
    return Batch(inputs, torch.cat([torch.full((len(inputs), 1), IGNORE), batch.targets], 1))


def after_a_pause(batch):
    """Asked a step late, after a step in which nothing is said."""
    blank = torch.zeros(len(batch.inputs), 1, dtype=torch.int64)
    start = int(batch.asked()[0].long().argmax()) + 1
    inputs = torch.cat([batch.inputs[:, :start], blank, batch.inputs[:, start:]], 1)
    return Batch(inputs, torch.cat([torch.full_like(blank, IGNORE), batch.targets], 1))


@pytest.mark.parametrize(("how", "why"), [(late, "what is read next"), (after_a_pause, "where `eos` is read")])
def test_a_written_answer_that_is_asked_one_step_late_is_caught(how, why):
    class Late(Reversal):
        def ask(self, symbols):
            return how(super().ask(symbols))

    refused(why, Late())


def test_an_answer_at_every_step_that_is_asked_one_step_late_is_caught():
    class Late(BinaryAddition):
        def add(self, bits):
            inputs, targets = super().add(bits)
            return Batch(inputs, torch.cat([torch.full((len(bits), 1), IGNORE), targets[:, :-1]], 1))

    refused("each_step: asked at every step", Late())


def test_one_answer_that_is_not_asked_at_the_end_is_caught():
    class Early(Reversal):
        answer, end, eos = "once", None, 2

        def ask(self, symbols):
            inputs, _ = super().ask(symbols)
            targets = torch.full_like(inputs, IGNORE)
            targets[:, -2] = symbols.sum(1) % 2
            return Batch(inputs, targets)

    refused("once: asked at the last step", Early())


def test_text_that_is_asked_one_step_late_is_caught(seeded):
    inputs, targets = CharText("sentences").batch(4, 6, seeded(1))
    with pytest.raises(AssertionError, match="endless: what is read next"):
        asks_where_it_says(CharText("sentences"), Batch(inputs[:, 1:], targets[:, :-1].roll(1, 1)))


def test_an_answer_of_which_nothing_is_fed_back_is_caught():
    class Zeroed(Reversal):
        def ask(self, symbols):
            inputs, targets = super().ask(symbols)
            inputs[:, symbols.shape[1] + 1 :] = 0
            return Batch(inputs, targets)

    refused("what is read next must be what was asked", Zeroed())


def other_way_round(task, text):
    return task.ask(task.parse(text).inputs[:, : len(text)].flip(1))


def first_symbol_only(task, text):
    return task.parse(text[:1])


def answer_to_zeros(task, text):
    right, zeros = task.parse(text), task.parse("0" * len(text))
    return Batch(right.inputs[:, : len(text) + 1].repeat(1, 2)[:, : 2 * len(text) + 1], zeros.targets)


@pytest.mark.parametrize("wrong", [other_way_round, first_symbol_only, answer_to_zeros])
def test_a_parse_that_answers_another_question_is_caught(wrong):
    class Deaf(Reversal):
        def parse(self, text):
            return wrong(Reversal(), text) if text and not set(text) - {"0", "1"} else super().parse(text)

    refused("no beginning of '.*', typed, is read as the question that it shows", Deaf())


def test_a_parse_of_other_inputs_under_the_same_words_is_caught():
    class Coded(BinaryAddition):
        def parse(self, text):
            inputs, targets = super().parse(text)
            return Batch(inputs.flip(2), targets)

        def show(self, inputs, targets):  # the operands in order of size: nobody sees them exchanged
            a, b, total = super().show(inputs, targets).replace(" = ", " + ").split(" + ")
            return f"{min(a, b)} + {max(a, b)} = {total}"

    refused("typed, is read as other inputs", Coded(), Coded().add(torch.tensor([[[0, 1], [0, 1], [1, 1]]])))


class ListsShorterOnes(Reversal):
    """`every` lists what is shorter as well."""

    def every(self, length):
        short, full = super().every(length - 1), super().every(length)
        pad = torch.full((len(short.targets), 2), IGNORE)
        return Batch(
            torch.cat([torch.cat([short.inputs, pad * 0], 1), full.inputs]),
            torch.cat([torch.cat([short.targets, pad], 1), full.targets]),
        )


class LeavesSomethingBehind(Reversal):
    """What stands after an answer's end, where nothing is asked, is there by chance."""

    def ask(self, symbols):
        inputs, targets = super().ask(symbols)
        rest = torch.randint(4, (len(symbols), 3))
        return Batch(torch.cat([inputs, rest], 1), torch.cat([targets, torch.full_like(rest, IGNORE)], 1))


class BeginsByChance(Reversal):
    """Before the question stands a symbol that means nothing, and is not shown."""

    def ask(self, symbols):
        inputs, targets = super().ask(symbols)
        chance = torch.randint(2, (len(symbols), 1))
        return Batch(torch.cat([chance, inputs], 1), torch.cat([torch.full_like(chance, IGNORE), targets], 1))

    def show(self, inputs, targets):
        return super().show(inputs[1:], targets[1:])


@pytest.mark.parametrize("task", [LeavesSomethingBehind(), BeginsByChance()])
def test_a_task_whose_every_method_works_but_whose_parts_share_an_example_is_caught(task, seeded):
    for batch in (task.batch(5, 4, seeded(1)), task.every(4), task.parse("0110")):
        has_its_shapes(task, batch, len(batch.targets))
        asks_where_it_says(task, batch)
    data = ExampleData(task, 1, 8, [3, 4, 5], source="drawn", split=[0.4, 0.3, 0.3], held_out=30)
    with pytest.raises(AssertionError, match=r"examples are in training and validation, like '[01]+ [013]+'"):
        parts_share_no_example(task, data)


def test_a_task_that_lists_an_example_under_two_lengths_is_caught():
    data = ExampleData(ListsShorterOnes(), 1, 8, [3, 4, 5], split=[0.4, 0.3, 0.3])
    with pytest.raises(AssertionError, match="is listed twice"):
        parts_share_no_example(ListsShorterOnes(), data)

"""What is kept of a network's mistakes, against networks whose answers are known."""

import torch
from torch import nn

from rnnlab.batch import Batch
from rnnlab.inference import mistakes as module
from rnnlab.inference.mistakes import mistakes
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.digitsum import DigitSum


class Likes(nn.Module):
    """Says `symbol` at every step, the likelier the higher the step's input is."""

    def __init__(self, classes: int, symbol: int):
        super().__init__()
        self.classes, self.symbol, self.head = classes, symbol, nn.Linear(1, classes)

    def forward(self, inputs, state=None):
        logits = torch.zeros(*inputs.shape, self.classes)
        logits[..., self.symbol] = inputs.float() + 1
        return logits, state or (torch.zeros(1, len(inputs), 1),)


def test_every_right_class_is_counted_against_every_answer():
    """Of 05= and 50= the answer 5. is asked: the network says 5 at both steps, so the end is taken for a 5."""
    task = DigitSum()
    found = mistakes(Likes(12, 5), [task.parse("05"), task.parse("50")], task)
    assert (found["asked"], found["wrong"]) == (4, 2) and found["classes"] == list("0123456789=.")
    expected = [[0] * 12 for _ in range(12)]
    expected[5][5] = expected[11][5] = 2
    assert found["counts"] == expected
    assert found["confused"] == [{"right": ".", "answered": "5", "count": 2, "of": 2}]


def test_the_worst_are_the_least_likely_of_those_with_a_mistake(monkeypatch):
    """The digit of 01= and 09= is asked at EOS, the end at the digit: the higher that is, the less likely."""
    monkeypatch.setattr(module, "WORST", 2)
    task = DigitSum()
    batches = [task.parse(text) for text in ("01", "09", "04")]
    found = mistakes(Likes(12, 5), batches, task)["worst"]
    assert [one["right"] for one in found] == ["09=9.", "04=4."] and found[0]["answered"].startswith("09=55")
    nats = [torch.tensor([step + 1.0] + [0.0] * 11).logsumexp(0) for step in (10, 9)]
    assert found[0]["nats"] == round(float(sum(nats)), 4)
    right = Batch(batches[0].inputs[:, :3], batches[0].targets[:, :3])
    assert mistakes(Likes(12, 1), [right], task)["worst"] == []  # 1 is right


def test_of_a_text_there_is_what_the_network_writes_and_no_more_is_read_than_is_needed(monkeypatch):
    monkeypatch.setattr(module, "STEPS", 10)
    task = CharText(symbols="ab\n" + "".join(map(chr, range(100, 130))))
    batches = [task.parse("ab" * 4), task.parse("ba" * 4), task.parse("ab" * 4)]
    network = Likes(len(task.vocab), task.vocab.ids["b"])
    found = mistakes(network, iter(batches), task)
    assert found["asked"] == 14 and "counts" not in found and "worst" not in found
    assert found["confused"] == [{"right": "a", "answered": "b", "count": 7, "of": 7}]
    assert len(found["written"]) == 400 and set(found["written"]) <= set(task.vocab.symbols)
    assert mistakes(network, iter(batches), task)["written"] == found["written"]


def test_many_classes_are_not_counted_against_each_other(monkeypatch):
    monkeypatch.setattr(module, "CLASSES", 11)
    task = DigitSum()
    found = mistakes(Likes(12, 5), [task.parse("05")], task)
    assert found["confused"] == [] and found["wrong"] == 1

"""What a trained network gets wrong: what it takes for what, and its worst answers; of a text, what it writes."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.batch import IGNORE, Batch
from rnnlab.inference import writing
from rnnlab.inference.answer import ask
from rnnlab.layers.state import State
from rnnlab.network import Network
from rnnlab.tasks.task import Task, Text, is_text

CLASSES = 512
"""The most classes for which all pairs are counted: a table of 2 MB."""

SHOWN = 20
"""The most classes of which the whole table is kept, and pairs that are."""

WORST = 10

STEPS = 1 << 20
"""Steps of all rows together that are looked at, so that no text takes long."""

WRITTEN = 400
"""Characters of a sample."""


@torch.inference_mode()
def mistakes(network: Network, batches: Iterable[Batch], task: Task) -> dict[str, Any]:
    """Of test data, as far as STEPS reach, what can be kept as json:

    asked, wrong: steps. classes, counts: every right class against every answer, a row for each right one, of at most
    SHOWN classes. confused: the pairs that are wrong most often, as right, answered, count and how many were asked.
    worst: the examples with a mistake that the network thought least likely, as it answers them and as is right, with
    nats (the loss of all their steps). written: of a text, what the network writes of its own accord.
    """
    counts = torch.zeros(task.num_classes, task.num_classes, dtype=torch.int64)
    counted, worst, asked, wrong = task.num_classes <= CLASSES, list[tuple[float, Tensor, Tensor]](), 0, 0
    state: State | None = None
    for batch in batches:
        logits, after = network(batch.inputs, state)
        state = after if task.answer == "endless" else None
        mask, answers = batch.asked(), logits.argmax(2)
        missed = mask & (answers != batch.targets)
        asked, wrong = asked + int(mask.sum()), wrong + int(missed.sum())
        if counted:
            pairs = batch.targets[mask] * task.num_classes + answers[mask]
            counts += torch.bincount(pairs, minlength=task.num_classes**2).view_as(counts)
        if task.answer != "endless":
            worst = _furthest(worst, batch, logits, missed.any(1))
        if asked >= STEPS:
            break
    found: dict[str, Any] = {"asked": asked, "wrong": wrong, "confused": _confused(counts, task) if counted else []}
    if task.num_classes <= SHOWN:
        found |= {"classes": [task.label(each) for each in range(task.num_classes)], "counts": counts.tolist()}
    if is_text(task):
        return found | {"written": written(network, task)}
    answered = [(nats, ask(network, task, Batch(inputs, targets))) for nats, inputs, targets in worst]
    return found | {
        "worst": [{"answered": one.shown, "right": one.solution, "nats": round(nats, 4)} for nats, one in answered],
    }


def written(network: Network, task: Text, length: int = WRITTEN) -> str:
    """A text that the network draws, always the same one."""
    return task.vocab.decode(torch.cat(list(writing.drawn(network, writing.begun(task, ""), length))))


def _furthest(
    worst: list[tuple[float, Tensor, Tensor]], batch: Batch, logits: Tensor, rows: Tensor
) -> list[tuple[float, Tensor, Tensor]]:
    """The WORST of those so far and of the chosen `rows` (B,), by the loss of all their asked steps."""
    by_class = logits.transpose(1, 2).double()  # (B, V, T)
    nats = functional.cross_entropy(by_class, batch.targets, ignore_index=IGNORE, reduction="none").sum(1)  # (B,)
    some = nats.masked_fill(~rows, -1).topk(min(WORST, len(nats)))
    new = [
        (value, batch.inputs[place : place + 1], batch.targets[place : place + 1])
        for value, place in zip(some.values.tolist(), some.indices.tolist(), strict=True)
        if rows[place]
    ]
    return sorted([*worst, *new], key=lambda one: -one[0])[:WORST]


def _confused(counts: Tensor, task: Task) -> list[dict[str, Any]]:
    wrong = counts.clone().fill_diagonal_(0).flatten()
    most = wrong.topk(min(SHOWN, len(wrong)))
    pairs = [
        (*divmod(place, len(counts)), count)
        for place, count in zip(most.indices.tolist(), most.values.tolist(), strict=True)
    ]
    return [
        {"right": task.label(right), "answered": task.label(said), "count": count, "of": int(counts[right].sum())}
        for right, said, count in pairs
        if count
    ]

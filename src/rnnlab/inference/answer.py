"""Putting one question to a trained model: its answer, the right one, and both for a person to read."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch
from rnnlab.errors import InputError, shown, warn
from rnnlab.inference.decode import answer, generate
from rnnlab.inference.load import Loaded
from rnnlab.inference.score import trained_lengths
from rnnlab.network import Network
from rnnlab.tasks.task import Task

MARGIN = 8
"""Symbols that an answer may be longer than the right one before it is cut."""


class Answer(NamedTuple):
    """What the model says to one question. shown: question and answer. explained: more about it, or nothing."""

    shown: str
    right: bool
    explained: str
    solution: str

    def __str__(self) -> str:
        """`9 + 60 = 69 TRUE`, or with FALSE and the right one; then what explains it."""
        verdict = "TRUE" if self.right else f"FALSE, right is {self.solution}"
        return f"{self.shown} {verdict}" + (f"\n{self.explained}" if self.explained else "")


def ask(network: Network, task: Task, question: Batch) -> Answer:
    """Answers the one example of `question` (B = 1), whose targets are only compared with."""
    inputs, targets = question
    written = targets.clone()
    asked = targets != IGNORE
    if task.answer != "fed_back":
        written[asked] = answer(network, inputs)[asked]
    else:
        start = int(asked[0].long().argmax()) + 1  # how long the prompt is
        longest = int(asked.sum()) + MARGIN
        reply = generate(network, inputs[:, :start], longest, task.end)
        written = torch.cat([torch.full((1, start - 1), IGNORE), reply], 1)
    return Answer(
        task.show(inputs[0], written[0]),
        _said(written).equal(_said(targets)),
        task.explain(inputs[0], written[0]),
        task.show(inputs[0], targets[0]),
    )


def replies(loaded: Loaded) -> Callable[[str], Answer]:
    """What answers questions as a person types them; the first one of an unusual length is answered with a warning.

    Raises:
        InputError: for a task whose text never ends; in answering, for what is no question.
    """
    network, task = loaded.network, loaded.task
    check_answers(task)
    told = {""}
    try:
        trained = trained_lengths(loaded)
    except InputError:  # they stood in a file that is gone
        trained = []

    def reply(typed: str) -> Answer:
        question = task.parse(typed)
        unusual = outside(task, question, trained) if trained else ""
        if unusual not in told:
            warn(f"{shown(typed, 40)} is {unusual}")
            told.add(unusual)
        return ask(network, task, question)

    return reply


def outside(task: Task, question: Batch, lengths: list[int]) -> str:
    """What is unusual about a question for a network that was trained on `lengths`, in a few words; or nothing.

    Where every step is answered, a short question is the beginning of a longer one, so none is too short.
    """
    first, last = min(lengths), max(lengths)
    shortest, longest = (task.batch(1, length, Generator()).targets.shape[1] for length in (first, last))
    steps = question.targets.shape[1]
    how = "longer" if steps > longest else "shorter" if steps < shortest and task.answer != "each_step" else ""
    return how and f"{how} than what the model was trained on, lengths {first} to {last}"


def check_answers(task: Task) -> None:
    """Raises InputError for a task whose text never ends."""
    if task.answer == "endless":
        raise InputError("text has no right answer", "python -m rnnlab.sample RUN prompt=TEXT", "run", "text")


def _said(targets: Tensor) -> Tensor:
    return targets[targets != IGNORE]

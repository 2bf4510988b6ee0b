"""What can be added to a training so that longer sequences come right: the `practice` node of a config, all off."""

from typing import Any, NamedTuple

from rnnlab.data.curriculum import Curriculum
from rnnlab.errors import InputError
from rnnlab.layers.noise import Noise
from rnnlab.tasks.task import Task

OFF: dict[str, Any] = {
    "curriculum": "uniform",
    "solved": 0.95,
    "prefixes": False,
    "activation_noise": 0.0,
    "state_noise": 0.0,
    "borrowed_starts": 0.0,
}
"""What a config that says nothing about it means."""


class Practice(NamedTuple):
    """How a training is made harder. noise: how the layer is run, or None. borrowed: share of rows (`starting`).

    prefixes: whether the prefixes of a batch's rows are asked about, as rows of their own.
    """

    noise: Noise | None
    borrowed: float
    curriculum: Curriculum
    prefixes: bool

    def order(self) -> dict[str, Any]:
        """What of it is the data's to do, where it is anything."""
        curriculum = {"curriculum": self.curriculum} if self.curriculum.kind != "uniform" else {}
        return curriculum | ({"prefixes": True} if self.prefixes else {})


def practice(node: dict[str, Any], task: Task) -> Practice:
    """What `node`, held to the schema, asks for. Raises InputError for what the task cannot serve."""
    settings = OFF | node
    activation, state, borrowed = (settings[key] for key in ("activation_noise", "state_noise", "borrowed_starts"))
    if borrowed and task.answer == "endless":
        raise InputError(
            "rows start where the batch before ended", "0 for a text", "practice.borrowed_starts", borrowed
        )
    noise = Noise(activation, state) if activation or state else None
    return Practice(noise, borrowed, Curriculum(settings["curriculum"], settings["solved"]), settings["prefixes"])

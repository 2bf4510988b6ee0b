"""What can be added to a training so that longer sequences come right: the `practice` node of a config, all off."""

from typing import Any, NamedTuple

from rnnlab.config.flat import Node
from rnnlab.data.curriculum import Curriculum
from rnnlab.errors import InputError
from rnnlab.layers.noise import Noise
from rnnlab.tasks.task import Task


class Practice(NamedTuple):
    """How a training is made harder.

    noise: how the layer is run, or None. borrowed: share of rows that start where one of the batch before ended.
    order: what of it is the data's to do, as arguments of theirs; empty where nothing is.
    """

    noise: Noise | None
    borrowed: float
    order: dict[str, Any]


def practice(node: Node, task: Task) -> Practice:
    """What `node`, held to the schema, asks for. Raises InputError for what the task cannot serve."""
    activation, state, borrowed = (node[key] for key in ("activation_noise", "state_noise", "borrowed_starts"))
    if borrowed and task.answer == "endless":
        what = "rows start where the batch before ended"
        raise InputError(what, "0 for a text", "practice.borrowed_starts", borrowed)
    order: dict[str, Any] = {}
    if node["curriculum"] != "uniform":
        order["curriculum"] = Curriculum(node["curriculum"], node["solved"])
    if node["prefixes"]:
        order["prefixes"] = True
    return Practice(Noise(activation, state) if activation or state else None, borrowed, order)

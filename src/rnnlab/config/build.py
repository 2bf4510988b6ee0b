"""From a config to objects: the only place that looks up a class by the name in a config.

A config reaches no class. Each node becomes plain arguments of the class that its `_target_` names; a refusal of a
value comes back with the key as it stands in the config. Nothing here needs Lightning before all of that is done.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from rnnlab.config import hardware
from rnnlab.config.flat import Node
from rnnlab.config.generalisation import Practice, practice
from rnnlab.config.instantiate import make
from rnnlab.config.places import check_layer, using
from rnnlab.config.schema import packages
from rnnlab.data.lengths import measurable, trained
from rnnlab.data.splits import Data
from rnnlab.errors import InputError
from rnnlab.layers.noise import Noise
from rnnlab.layers.twins import set_forget_bias
from rnnlab.network import Network, OneHot
from rnnlab.tasks.task import Task


class Parts(NamedTuple):
    """What a config describes, built and checked as far as Lightning is not needed, before anything is written.

    settings: arguments of Lightning's Trainer. steps: optimizer steps of the whole training. threads: of torch.
    """

    config: Node
    task: Task
    eval_lengths: list[int]
    practice: Practice
    network: Network
    data: Data
    settings: Node
    steps: int
    threads: int


Vet = Callable[[dict[str, torch.Tensor]], None]
"""Refuses a config by name, shape and type of each weight that it asks for."""


def parts(config: Node, vet: Vet | None = None, anywhere: bool = False) -> Parts:
    """Builds what a config (held to the schema already) describes; every value is used, and so checked, here.

    vet: of a run that goes on; asked before any weight is allocated. anywhere: a GPU need not be in this machine,
    because the training will be in another one.

    Raises:
        InputError: for a value that cannot be used.
    """
    with using(packages(config)):
        return _parts(config, vet, anywhere)


def _parts(config: Node, vet: Vet | None, anywhere: bool) -> Parts:
    seed = config["seed"]
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    made = task(config)
    lengths = eval_lengths(config, made)
    weights = shapes(config, made)
    if vet:
        vet(weights)
    hardware.check_memory(weights, config["model"]["hidden_size"])
    harder = practice(config["practice"], made)
    net = network(config, made, harder.noise)
    used = hardware.threads(config)
    torch.set_num_threads(used)
    examples = data(config, made, harder.order)
    settings, steps = hardware.settings(config, len(examples.train), anywhere)
    processes = settings["devices"] * settings["num_nodes"]
    if processes > 1:
        os.environ.setdefault("OMP_NUM_THREADS", str(used))  # or Lightning would choose
    if examples.batch_size < processes:
        raise InputError("fewer rows than processes", f"at least {processes}", "data.batch_size", examples.batch_size)
    optimizer_of(config)
    make("schedule", config["schedule"])
    return Parts(config, made, lengths, harder, net, examples, settings, steps, used)


def shapes(config: Node, task: Task) -> dict[str, torch.Tensor]:
    """Name, shape and type of each weight that the config asks for, without allocating any."""
    with torch.device("meta"):
        return {f"network.{name}": value for name, value in network(config, task).state_dict().items()}


def task(config: Node, **more: Any) -> Task:
    """The task of a config; `more` are arguments beyond the config's."""
    made: Task = make("task", config["task"], **more)
    return made


def eval_lengths(config: Node, task: Task) -> list[int]:
    """The lengths to measure at the end of training; none where `task.eval_lengths` is null or not there."""
    lengths = config["task"].get("eval_lengths")
    return [] if lengths is None else measurable("task.eval_lengths", lengths, task)


def listing(config: Node) -> list[str]:
    """All examples of the task and the lengths of a config, as lines of a file that the task reads.

    Raises:
        InputError: where the task reads none, or a length has too many to be listed.
    """
    made = task(config)

    def examples() -> Iterator[Any]:
        for length in trained(config["data"], made):
            yield made.every(length)

    try:
        return list(made.lines(examples()))
    except InputError as error:
        if error.key != "length":
            raise
        raise InputError(error.what, error.allowed, "data.lengths", config["data"]["lengths"]) from None


def data(config: Node, task: Task, order: Node | None = None) -> Data:
    """The data of a config; of each part no more than `trainer.limit_batches`. order: see `Practice`."""
    made = make("data", config["data"], task=task, seed=config["seed"], **(order or {}))
    limit = config["trainer"]["limit_batches"]
    if limit is not None:
        for loader in (made.train, made.validation, made.test):
            loader.limit(limit)
    return made


def network(config: Node, task: Task, noise: Noise | None = None) -> Network:
    """The network of a config's `model` node; its weights depend on the global random seed alone."""
    node = config["model"]
    embedding_size, forget_bias = node.get("embedding_size"), node.get("forget_bias")
    if node.get("dropout") and node.get("num_layers") == 1:
        allowed = "it acts between layers: 0, or model.num_layers of at least 2"
        raise InputError("nothing to act on", allowed, "model.dropout", node["dropout"])
    if embedding_size is not None and not task.symbols:
        allowed = "null, as this task has no symbols"
        raise InputError("not for features", allowed, "model.embedding_size", embedding_size)
    if not task.symbols:
        encoder: nn.Module = nn.Identity()
    elif embedding_size is None:
        encoder = OneHot(task.num_inputs)
    else:
        encoder = learnt = nn.Embedding.from_pretrained(torch.empty(task.num_inputs, embedding_size), freeze=False)
        if not learnt.weight.is_meta:  # there, drawing from a normal distribution imports torch's compiler
            learnt.reset_parameters()
    theirs = {"batch_first": True} if str(node["_target_"]).startswith("torch.nn.") else {}  # as all of rnnlab is
    features = embedding_size or task.num_inputs
    layer = make("model", node, input_size=features, **theirs)
    if forget_bias is not None:
        set_forget_bias(layer, forget_bias)
    if torch.get_default_device().type != "meta":
        check_layer(node, layer, features)
    if noise:
        noise.check(layer, features)
    return Network(encoder, layer, node["hidden_size"], task.num_classes, noise).to(weight_type(config))


def weight_type(config: Node) -> torch.dtype:
    """What the weights are kept in, also where 16 bits are enough to compute with."""
    return torch.float64 if config["trainer"]["precision"] == "64-true" else torch.float32


def optimizer_of(config: Node) -> Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]:
    """What makes the optimizer of a config for any parameters; tried out here."""
    node = config["optimizer"]

    def optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        groups = parameters if node.get("decay_biases", True) else without_decay_of_biases(parameters)
        made: torch.optim.Optimizer = make("optimizer", node, params=groups)
        return made

    optimizer([nn.Parameter(torch.zeros(1, 1))])
    return optimizer


def without_decay_of_biases(parameters: Iterable[nn.Parameter]) -> list[Node]:
    """Two groups for an optimizer: matrices, and the vectors (biases), which weight decay leaves alone."""
    matrices: list[nn.Parameter] = []
    vectors: list[nn.Parameter] = []
    for parameter in parameters:
        (matrices if parameter.dim() > 1 else vectors).append(parameter)
    return [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]

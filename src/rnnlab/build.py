"""From a config to objects: the only place that looks up a class by the name in a config.

A config reaches no class. Each node becomes plain arguments of the class that its `_target_` names; a refusal of a
value comes back with the key as it stands in the config.
"""

import functools
import inspect
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from hydra.utils import get_object
from torch import nn

from rnnlab.bylength import check_lengths
from rnnlab.errors import InputError, nearest, one_of, real, whole
from rnnlab.layers.lstm import set_forget_bias
from rnnlab.network import Network, OneHot
from rnnlab.tasks.task import Task
from rnnlab.vetting import refuse

Node = dict[str, Any]

OURS = ("rnnlab.tasks", "rnnlab.layers", "rnnlab.data", "rnnlab.schedules", "rnnlab.callbacks", "rnnlab.tensorboard")
LIBRARY = {f"torch.nn.{name}" for name in ("RNN", "LSTM", "GRU")}
LIBRARY |= {f"torch.optim.{name}" for name in ("Adam", "AdamW", "SGD", "RMSprop")}
"""Where the classes are that a checkpoint's config may name."""

TORCH_KEYS = {"_target_", "hidden_size", "num_layers", "nonlinearity", "bias", "dropout"}
NOT_HERE = {
    "bidirectional": "leave it out, a step may not see what comes later",
    "proj_size": "leave it out, outputs are model.hidden_size wide",
}
"""What a config can set of torch.nn's layers, and why some of the rest cannot be set."""


def make(node: str, settings: Node, **more: Any) -> Any:
    """What the `_target_` of a node makes of the node's other values and `more`.

    Raises:
        InputError: where the target does not exist, does not take a value, or refuses it.
    """
    values = {key: value for key, value in settings.items() if key != "_target_"} | more
    target = locate(node, settings.get("_target_"))
    known = inspect.signature(target).parameters
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in known.values())
    for key in values:
        if key not in known and not takes_any:
            raise InputError("unknown key", nearest(key, known), f"{node}.{key}", values[key])
    try:
        return target(**values)
    except InputError as error:
        raise error.under(node) from error
    except TypeError as error:
        raise InputError(str(error), "as its class takes them", node, settings.get("_target_")) from error


def locate(node: str, path: object) -> Callable:
    """The class or function of a dotted path."""
    try:
        return get_object(str(path))
    except Exception as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        raise InputError(f"not found, {reason}", "a dotted path", f"{node}._target_", path) from None


def vet_targets(config: Node, trust: list[str], path: Path) -> None:
    """That every class which the config of a checkpoint names is one that a checkpoint may name.

    Those are rnnlab's tasks, layers, data modules, schedules, callbacks and logger, torch.nn's three recurrent layers
    and four optimizers, and what the packages in `trust` define.
    """
    for key, value in config.items():
        if isinstance(value, dict):
            vet_targets(value, trust, path)
        if key.startswith("_") and key != "_target_":
            raise refuse(path, f"its config has the key {key[:50]}")
        if key == "_target_" and value not in LIBRARY:
            module, _, name = str(value).rpartition(".")
            ours = any(module == place or module.startswith(f"{place}.") for place in OURS)
            trusted = module.partition(".")[0] in trust
            if not (ours or trusted) or not module.replace(".", "_").isidentifier():
                raise refuse(path, f"its config names {str(value)[:80]}, add trust=[PACKAGE] if you trust it")
            defined = getattr(locate("checkpoint", value), "__module__", None)
            if defined != module:
                raise refuse(path, f"its config names {name[:80]}, which {module} does not define")


def shapes(config: Node, task: Task) -> dict[str, torch.Tensor]:
    """Name, shape and type of each weight that the config asks for, without allocating any."""
    with torch.device("meta"):
        return {f"network.{name}": value for name, value in network(config, task).state_dict().items()}


def task(config: Node, **more: Any) -> Task:
    """The task of a config; `more` are arguments beyond the config's."""
    own = {key: value for key, value in config["task"].items() if key not in ("name", "eval_lengths")}
    return make("task", own | more)


def eval_lengths(config: Node, task: Task) -> list[int]:
    """The lengths to measure at the end of training; none where `task.eval_lengths` is null or not there."""
    lengths = config["task"].get("eval_lengths")
    return [] if lengths is None else check_lengths("task.eval_lengths", lengths, task)


def seed(config: Node) -> int:
    """The seed of a config, checked."""
    return whole("seed", config["seed"], 0, 2**32 - 1)


def data(config: Node, task: Task) -> Any:
    """The LightningDataModule of a config, with its data; of each part no more than `trainer.limit_batches`."""
    made = make("data", config["data"], task=task, seed=seed(config))
    limit = config["trainer"]["limit_batches"]
    if limit is not None:
        for loader in (made.train, made.validation, made.test):
            loader.steps = min(loader.steps, whole("trainer.limit_batches", limit, 1))
    return made


def network(config: Node, task: Task) -> Network:
    """The network of a config's `model` node; its weights depend on the global random seed alone."""
    settings = dict(config["model"])
    del settings["name"]
    embedding_size = settings.pop("embedding_size", None)
    forget_bias = settings.pop("forget_bias", None)
    hidden_size = whole("model.hidden_size", settings["hidden_size"], 1, 65_536)
    if "num_layers" in settings:
        whole("model.num_layers", settings["num_layers"], 1, 100)
    dropout = settings.get("dropout", 0)
    if real("model.dropout", dropout, 0, 0.999) > 0 and settings.get("num_layers") == 1:
        allowed = "it acts between layers: 0, or model.num_layers of at least 2"
        raise InputError("nothing to act on", allowed, "model.dropout", dropout)
    if "bias" in settings:
        one_of("model.bias", settings["bias"], [True, False])
    if str(settings["_target_"]).startswith("torch.nn."):
        for key in settings.keys() - TORCH_KEYS:  # torch.nn takes more, which here would break something
            allowed = NOT_HERE.get(key) or nearest(key, TORCH_KEYS)
            raise InputError("unknown key", allowed, f"model.{key}", settings[key])
        settings["batch_first"] = True  # as everything in rnnlab is
        one_of("model.nonlinearity", settings.get("nonlinearity", "tanh"), ["tanh", "relu"])
    if embedding_size is not None:
        whole("model.embedding_size", embedding_size, 1, 65_536)
        if not task.symbols:
            raise InputError(
                "not for features", "null, as this task has no symbols", "model.embedding_size", embedding_size
            )
    if not task.symbols:
        encoder: nn.Module = nn.Identity()
    elif embedding_size is None:
        encoder = OneHot(task.num_inputs)
    else:
        encoder = nn.Embedding.from_pretrained(torch.empty(task.num_inputs, embedding_size), freeze=False)
        if not encoder.weight.is_meta:  # there, drawing from a normal distribution imports torch's compiler
            encoder.reset_parameters()
    layer = make("model", settings, input_size=embedding_size or task.num_inputs)
    if forget_bias is not None:
        real("model.forget_bias", forget_bias)
        if not settings["bias"]:
            raise InputError("there is no bias to set", "null, or model.bias=true", "model.forget_bias", forget_bias)
        set_forget_bias(layer, forget_bias)
    return Network(encoder, layer, hidden_size, task.num_classes).to(weight_type(config))


def weight_type(config: Node) -> torch.dtype:
    """What the weights are kept in, also where 16 bits are enough to compute with."""
    return torch.float64 if config["trainer"]["precision"] == "64-true" else torch.float32


def learner(config: Node, network: Network, total_steps: int, carries_state: bool) -> Any:
    """The SequenceLearner of a config: its optimizer, schedule and clipping, checked."""
    from rnnlab.learner import SequenceLearner  # imports Lightning, which takes longer than most answers do

    settings = dict(config["optimizer"])
    real("optimizer.lr", settings["lr"], 0, above=True)
    for key in ("fused", "nesterov"):
        if key in settings:
            one_of(f"optimizer.{key}", settings[key], [True, False])
    for key, low, high in (("weight_decay", 0, None), ("eps", 0, None), ("momentum", 0, 1), ("alpha", 0, 1)):
        if key in settings:
            real(f"optimizer.{key}", settings[key], low, high)
    if "betas" in settings:
        if not isinstance(settings["betas"], list) or len(settings["betas"]) != 2:
            raise InputError("wrong type", "must be two numbers like [0.9,0.999]", "optimizer.betas", settings["betas"])
        settings["betas"] = tuple(real("optimizer.betas", beta, 0, 0.999999) for beta in settings["betas"])
    spared = not one_of("optimizer.decay_biases", settings.pop("decay_biases", True), [True, False])
    optimizer = functools.partial(locate("optimizer", settings.pop("_target_")), **settings)
    clip = config["trainer"]["gradient_clip"]
    return SequenceLearner(
        network,
        optimizer=(lambda parameters: optimizer(without_decay_of_biases(parameters))) if spared else optimizer,
        schedule=make("schedule", config["schedule"]),
        total_steps=total_steps,
        clip=None if clip is None else real("trainer.gradient_clip", clip, 0, above=True),
        carries_state=carries_state,
    )


def without_decay_of_biases(parameters: Iterable[nn.Parameter]) -> list[Node]:
    """Two groups for an optimizer: matrices, and the vectors (biases), which weight decay leaves alone."""
    matrices, vectors = [], []
    for parameter in parameters:
        (matrices if parameter.dim() > 1 else vectors).append(parameter)
    return [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]


def callbacks(config: Node) -> list[Any]:
    """The callbacks of a config, but for those that are null."""
    return [make(f"callbacks.{name}", node) for name, node in (config["callbacks"] or {}).items() if node]


def trainer_settings(config: Node, steps_per_epoch: int) -> tuple[Node, int]:
    """Lightning's Trainer arguments, checked, and the number of optimizer steps of the whole training."""
    node = config["trainer"]
    accelerator = one_of("trainer.accelerator", node["accelerator"], ["cpu", "gpu"])
    if accelerator == "gpu" and not torch.cuda.is_available():
        raise InputError("no GPU here", "trainer=cpu, or a machine with CUDA", "trainer.accelerator", "gpu")
    precisions = ["32-true", "64-true"] + ["bf16-mixed", "16-mixed"] * (accelerator == "gpu")
    one_of("trainer.precision", node["precision"], precisions)
    one_of("trainer.strategy", node["strategy"], ["auto", "ddp"])
    whole("trainer.devices", node["devices"], 1, 1024)
    whole("trainer.nodes", node["nodes"], 1, 1024)
    accumulate = whole("trainer.accumulate", node["accumulate"], 1)
    for key in ("deterministic", "detect_anomaly"):
        one_of(f"trainer.{key}", node[key], [True, False])
    epochs, steps = node["max_epochs"], node["max_steps"]
    if epochs is None and steps is None:
        raise InputError("training would not end", "give it or trainer.max_steps", "trainer.max_epochs", epochs)
    total = [whole("trainer.max_epochs", epochs, 1) * -(-steps_per_epoch // accumulate)] if epochs is not None else []
    total += [whole("trainer.max_steps", steps, 1)] if steps is not None else []
    check = node["check_every"]
    by_steps = check != "epoch"
    if isinstance(check, str) and by_steps:
        raise InputError("unknown choice", "epoch, or a number of steps", "trainer.check_every", check)
    if by_steps:
        whole("trainer.check_every", check, 1)
    return {
        "accelerator": accelerator,
        "devices": node["devices"],
        "num_nodes": node["nodes"],
        "strategy": node["strategy"],
        "precision": node["precision"],
        "deterministic": node["deterministic"],
        "detect_anomaly": node["detect_anomaly"],
        "accumulate_grad_batches": accumulate,
        "max_epochs": -1 if epochs is None else epochs,
        "max_steps": -1 if steps is None else steps,
        "val_check_interval": min(check * accumulate, min(total) * accumulate) if by_steps else None,
        "check_val_every_n_epoch": None if by_steps else 1,
    }, min(total)


def threads(config: Node) -> int:
    """Threads for torch: tiny networks are several times faster with one than with two (`auto` knows)."""
    asked = config["trainer"]["threads"]
    if asked != "auto":
        return whole("trainer.threads", asked, 1, 1024)
    model = config["model"]
    return 1 if model["hidden_size"] < 512 else (os.cpu_count() or 1)

"""What every key of a config may be, held to before torch is imported and before anything is written.

A node with a `_target_` takes what the class or function of that name takes, by its annotations; a user's own has them
read, too. What stands here is the rest: nodes without a class, what rnnlab adds to a class's own keys, and classes of
libraries, whose annotations say too little.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from rnnlab.config import signatures
from rnnlab.config.objectives import Objective
from rnnlab.errors import Bounds, InputError, Name, check, nearest

Node = dict[str, Any]
Kinds = Mapping[str, Any]

COUNT = Annotated[int, Bounds(1, 10**9)]
UNITS = Annotated[int, Bounds(1, 65_536)]
SHARE = Annotated[float, Bounds(0, 1)]
BETA = Annotated[float, Bounds(0, 0.999999)]
NOISE = Annotated[float, Bounds(0, 1000)]
LENGTHS = Annotated[list[Annotated[int, Bounds(0, 10**9)]], "a list of lengths like [4,8,16]"]

TOP: Kinds = {"seed": Annotated[int, Bounds(0, 2**32 - 1)], "output_dir": str, "objective": Objective}

PLAIN: dict[str, Kinds] = {
    "trainer": {
        "accelerator": Literal["cpu", "gpu"],
        "devices": Annotated[int, Bounds(1, 1024)],
        "nodes": Annotated[int, Bounds(1, 1024)],
        "strategy": Literal["auto", "ddp"],
        "precision": Literal["32-true", "64-true", "bf16-mixed", "16-mixed"],
        "deterministic": bool,
        "detect_anomaly": bool,
        "gradient_clip": Annotated[float, Bounds(0, 1e12, above=True)] | None,
        "accumulate": Annotated[int, Bounds(1, 1_000_000)],
        "limit_batches": COUNT | None,
        "max_epochs": COUNT | None,
        "max_steps": COUNT | None,
        "max_time": Annotated[float, Bounds(0, 1e9, above=True)] | None,
        "check_every": Literal["epoch"] | COUNT,
        "threads": Literal["auto"] | Annotated[int, Bounds(1, 1024)],
    },
    "practice": {
        "curriculum": Literal["uniform", "fixed", "growing"],
        "solved": Annotated[float, Bounds(0, 1, above=True)],
        "prefixes": bool,
        "activation_noise": NOISE,
        "state_noise": NOISE,
        "borrowed_starts": SHARE,
    },
    "sweep": {"name": str | int | None, "varies": list[str], "grid": dict, "fail_fast": bool},
    "search": {
        "method": Literal["grid", "optuna", "random"],
        "trials": Annotated[int, Bounds(1, 100_000)],
        "seed": Annotated[int, Bounds(0)],
        "points": Annotated[int, Bounds(2, 1000)],
        "batch": Annotated[int, Bounds(1, 100_000)] | None,
        "space": dict | None,
    },
}
"""The nodes without a class."""

WHOLE = ("trainer", "practice")
"""Those of them that are part of every config, with all their keys."""

ADDED: dict[str, Kinds] = {
    "task": {"name": Name, "eval_lengths": LENGTHS | None},
    "data": {},
    "model": {
        "name": Name,
        "embedding_size": UNITS | None,
        "forget_bias": Annotated[float, Bounds(-1000, 1000)] | None,
        "hidden_size": UNITS,
        "num_layers": Annotated[int, Bounds(1, 100)],
        "dropout": Annotated[float, Bounds(0, 0.999)],
        "bias": bool,
    },
    "optimizer": {
        "lr": Annotated[float, Bounds(0, 1000, above=True)],
        "decay_biases": bool,
        "weight_decay": Annotated[float, Bounds(0, 1000)],
        "eps": Annotated[float, Bounds(0, 1, above=True)],
        "momentum": SHARE,
        "alpha": SHARE,
        "betas": Annotated[tuple[BETA, BETA], "two numbers from 0 to 0.999999, like [0.9,0.999]"],
    },
    "schedule": {},
}
"""The nodes of one class each: what rnnlab reads there beside the class, or bounds closer than the class does."""

OURS: dict[str, set[str]] = {
    "task": {"name", "eval_lengths"},
    "model": {"name", "embedding_size", "forget_bias"},
    "optimizer": {"decay_biases"},
}
"""Those of them that do not reach the class."""

GIVEN: dict[str, set[str]] = {
    "task": {"symbols"},
    "data": {"task", "seed", "curriculum", "prefixes"},
    "model": {"input_size", "batch_first", "cell"},
    "optimizer": {"params"},
    "logger": {"save_dir"},
}
"""What a class is given beside its node's values."""

CELL, STEPWISE = "rnnlab.layers.cell.Cell", "rnnlab.layers.unroll.Stepwise"
"""What is made of a kind of cell is a stepwise layer, which takes what the cell takes and its own."""

NAMED = ("callbacks", "logger")
"""Nodes of nodes, each of which null turns off."""

_LAYER = {"hidden_size": UNITS, "num_layers": int, "bias": bool, "dropout": float}
_ADAM = {"lr": float, "betas": tuple, "eps": float, "weight_decay": float, "fused": bool, "amsgrad": bool}
_SGD = {"lr": float, "momentum": float, "nesterov": bool, "weight_decay": float, "dampening": SHARE}
_RMSPROP = {"lr": float, "alpha": float, "momentum": float, "eps": float, "weight_decay": float, "centered": bool}
LIBRARY: dict[str, Kinds] = {
    "torch.nn.RNN": {**_LAYER, "nonlinearity": Literal["tanh", "relu"]},
    "torch.nn.LSTM": _LAYER,
    "torch.nn.GRU": _LAYER,
    "torch.optim.Adam": _ADAM,
    "torch.optim.AdamW": _ADAM,
    "torch.optim.SGD": _SGD,
    "torch.optim.RMSprop": _RMSPROP,
}
"""What may be set of classes of libraries."""

NOT_HERE = {
    "model.bidirectional": "leave it out, a step may not see what comes later",
    "model.proj_size": "leave it out, outputs are model.hidden_size wide",
}
"""Why some of the rest may not."""


def check_config(config: Node) -> None:
    """That every value of a composed config can be what it is, each for itself.

    What only several values together, or a file, can tell is checked where they are used.

    Raises:
        InputError: naming the key, its value and what is allowed.
    """
    for key, value in config.items():
        if key in TOP:
            check(key, value, TOP[key])
        elif key in PLAIN:
            _check_values(key, mapping(key, value), PLAIN[key], complete=key in WHOLE)
        elif key in ADDED:
            check_node(key, value)
        elif key in NAMED:
            for name, node in mapping(key, value).items():
                if node is not None:
                    check_node(f"{key}.{name}", node)
        else:
            raise InputError("unknown key", nearest(str(key), [*TOP, *PLAIN, *ADDED, *NAMED]), str(key), value)
    missing = {"seed", "objective", *WHOLE, *ADDED, *NAMED} - config.keys()
    needed = ("task.name", "model.name", "model.hidden_size")
    missing |= {key for key in needed if key.partition(".")[2] not in config.get(key.partition(".")[0], ())}
    if missing:
        raise InputError("is missing", "part of every config", "argument", min(missing))


def check_node(node: str, values: object, target: Any = None) -> None:
    """The values of a node with a `_target_`; with `target`, by the annotations of that class or function itself.

    Raises:
        InputError: for a key that it does not take, one that it needs and lacks, and a value of another kind.
    """
    settings, place = mapping(node, values), node.partition(".")[0]
    path = settings.get("_target_")
    if not isinstance(path, str) or not all(map(str.isidentifier, path.split("."))):
        raise InputError("no class", "a dotted path", f"{node}._target_", path)
    own = {key: value for key, value in settings.items() if key != "_target_"}
    known = _signature(path, target)
    added = ADDED.get(node, {})
    if known is None:
        for key, value in own.items():
            check(f"{node}.{key}", value, added.get(key, Any))
        return
    taken = known.parameters.keys() - GIVEN.get(place, set())
    ours = OURS.get(place, set())
    for key, value in own.items():
        if key in added:
            check(f"{node}.{key}", value, added[key])
        if key in ours:
            continue
        if key in taken:
            check(f"{node}.{key}", value, known.parameters[key].kind)
        elif not known.open or key in GIVEN.get(place, ()):
            allowed = NOT_HERE.get(f"{place}.{key}") or nearest(key, taken | ours)
            raise InputError("unknown key", allowed, f"{node}.{key}", value)
    for key in taken - own.keys():
        if known.parameters[key].needed:
            raise InputError("is missing", f"{path} needs it", "argument", f"{node}.{key}")


def packages(config: Any) -> list[str]:
    """The packages of the classes that a config names, but for those that every checkpoint's config may name."""
    if not isinstance(config, dict):
        return []
    target = config.get("_target_")
    names = {str(target).partition(".")[0]} if "_target_" in config and target not in LIBRARY else set()
    return sorted(names.union(*map(packages, config.values())) - {"rnnlab"})


def mapping(key: str, value: object) -> Node:
    """The value of a node, which has keys of its own. Raises InputError for anything else."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise InputError("no value belongs there", f"values of its keys, like those of {key} in --cfg job", key, value)
    return value


def _check_values(node: str, values: Node, kinds: Kinds, complete: bool) -> None:
    for key, value in values.items():
        if key not in kinds:
            raise InputError("unknown key", nearest(key, kinds), f"{node}.{key}", value)
        check(f"{node}.{key}", value, kinds[key])
    if complete and len(values) < len(kinds):
        raise InputError("is missing", "part of every config", "argument", f"{node}.{min(kinds.keys() - values)}")


def _signature(path: str, target: Any) -> signatures.Signature | None:
    if path in LIBRARY:
        named = {key: signatures.Parameter(kind, False) for key, kind in LIBRARY[path].items()}
        return signatures.Signature(named, False)
    known = signatures.read(path) if target is None else signatures.of(target)
    if CELL in signatures.lineage(path, target):
        layer = signatures.read(STEPWISE)
        assert layer is not None  # its source is here
        return signatures.Signature(layer.parameters | (known.parameters if known else {}), False)
    return known

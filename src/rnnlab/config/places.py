"""What is made of a `_target_` must be what its place in the config needs; its author learns at once if it is not."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from rnnlab.batch import Answer
from rnnlab.config.flat import Node
from rnnlab.data.loaders import Loader
from rnnlab.data.splits import Data
from rnnlab.errors import Bounds, InputError, RunFailed, check, reason, shown
from rnnlab.layers.state import run
from rnnlab.tasks.task import Task, Text
from rnnlab.tasks.vocab import Vocab

CLASSES = {"model": nn.Module, "optimizer": Optimizer}

NEEDED = {
    "task": "what a rnnlab.tasks.task.Task has",
    "data": "what a rnnlab.data.splits.Data has",
    "model": "a torch.nn.Module: x (B, T, F), state or None -> y (B, T, H), a tuple of tensors (layers, B, ...)",
    "optimizer": "a torch.optim.Optimizer",
    "schedule": "share of the steps done, validation losses so far -> a number of at least 0",
    "callbacks": "a pytorch_lightning.Callback",
    "logger": "a pytorch_lightning.loggers.Logger",
}
"""What an object has to be, by the place in the config where its class is named."""

UNFIT = "cannot be used there"


def check_class(node: str, target: object) -> None:
    """Of an object that can only be made later: that it will be of the kind which its place needs, if that can be told.

    Raises:
        InputError: naming the class.
    """
    kind = _class(node.partition(".")[0])
    if kind and isinstance(target, type) and not issubclass(target, kind):
        raise _misfit(node, f"{target.__module__}.{target.__qualname__}", UNFIT)


def check_made(node: str, path: object, made: Any) -> None:
    """That an object can be what its node of the config needs.

    Raises:
        InputError: naming its class, and what is wrong with it.
    """
    place = node.partition(".")[0]
    kind = _class(place)
    wrong = "" if kind is None or isinstance(made, kind) else UNFIT
    if not wrong and place in TRIED:
        wrong = TRIED[place](made)
    if wrong:
        raise _misfit(node, path, wrong)


def check_layer(node: Node, layer: nn.Module, features: int) -> None:
    """That a layer keeps the layer protocol for F features: it reads three steps of two rows, and goes on from there.

    Raises:
        InputError: saying what it gives instead.
    """
    training = layer.training
    layer.eval()  # so that no dropout draws random numbers
    x, state = torch.zeros(2, 3, features), None
    try:
        for _ in range(2):
            with torch.no_grad():
                y, state = run(layer, x, state)
            expected = (2, 3, node["hidden_size"])
            if not isinstance(y, Tensor) or y.shape != expected:
                wrong = f"gives {_shape(y)} for {expected} as (B, T, H)"
            elif not all(isinstance(part, Tensor) and part.dim() == 3 and part.shape[1] == 2 for part in state):
                wrong = f"has the state {', '.join(map(_shape, state))} of 2 rows"
            else:
                continue
            raise _misfit("model", node["_target_"], wrong)
    except InputError:
        raise
    except Exception as error:
        raise _misfit("model", node["_target_"], f"cannot be run, {reason(error)}") from error
    layer.train(training)


@contextlib.contextmanager
def using(own: list[str]) -> Iterator[None]:
    """While nothing of a run has been made: whatever is raised where it has classes of the packages `own` is theirs."""
    try:
        yield
    except (Exception, SystemExit) as error:
        if not own or isinstance(error, InputError | RunFailed):
            raise
        allowed = "HYDRA_FULL_ERROR=1 shows where"
        raise InputError(f"classes of {', '.join(own)} cannot be used, {reason(error)}", allowed) from error


def _of(protocol: type, made: Any) -> str:
    """What of a protocol's attributes and methods an object lacks."""
    for name, kind in get_type_hints(protocol, include_extras=True).items():
        if not hasattr(made, name):
            return f"has no {name}"
        value = getattr(made, name)
        if kind in (Loader, Vocab, np.ndarray) and not isinstance(value, kind):
            return f"has a {name} that is no {kind.__name__}"
        try:
            check(name, value, kind)
        except InputError as error:
            return f"has {name}={shown(value)}, {error.what}: {error.allowed}"
    for one in protocol.__mro__:
        for name, what in vars(one).items():
            if callable(what) and not name.startswith("_") and not callable(getattr(made, name, None)):
                return f"has no method {name}"
    return ""


def _task(made: Any) -> str:
    if getattr(made, "answer", None) not in get_args(Answer):
        return f"does not say how its answer comes, as one of {', '.join(get_args(Answer))}"
    return _of(Task, made) or (_of(Text, made) if made.answer == "endless" else "")


def _data(made: Any) -> str:
    wrong = _of(Data, made)
    empty = [name for name in ("train", "validation", "test") if not wrong and not len(getattr(made, name))]
    return wrong or (f"has nothing in its {empty[0]}" if empty else "")


def _optimizer(made: Any) -> str:
    try:
        check("lr", made.param_groups[0]["lr"], float)
    except (InputError, KeyError, IndexError):
        return "has no learning rate `lr` that is a number"
    return ""


def _schedule(made: Any) -> str:
    try:
        for progress, losses in ((0.0, []), (0.5, [1.0, 0.5])):
            check("factor", made(progress, losses), Annotated[float, Bounds(0)])
    except Exception as error:
        return f"cannot be used, {reason(error)}"
    return ""


TRIED: dict[str, Callable[[Any], str]] = {
    "task": _task,
    "data": _data,
    "optimizer": _optimizer,
    "schedule": _schedule,
}


def _class(place: str) -> type | None:
    """What an object of a place is an instance of, where that says it."""
    if place in ("callbacks", "logger"):  # of Lightning, which takes seconds to import, and has been by then
        from pytorch_lightning import Callback
        from pytorch_lightning.loggers import Logger

        return Callback if place == "callbacks" else Logger
    return CLASSES.get(place)


def _misfit(node: str, path: object, wrong: str) -> InputError:
    return InputError(
        f"{str(path).rpartition('.')[2]} {wrong}", f"must be {NEEDED[node.partition('.')[0]]}", f"{node}._target_", path
    )


def _shape(value: object) -> str:
    return f"{tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__

"""The only place that looks up a class by the name in a config, and says which a checkpoint may name."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from rnnlab.config.flat import Node
from rnnlab.config.schema import OURS as READ_HERE
from rnnlab.config.schema import check_node
from rnnlab.errors import InputError
from rnnlab.layers.cell import Cell
from rnnlab.layers.unroll import Stepwise
from rnnlab.runs.vetting import refuse

OURS = (
    "rnnlab.tasks",
    "rnnlab.layers",
    "rnnlab.data.splits",
    "rnnlab.training.schedules",
    "rnnlab.training.callbacks",
    "rnnlab.training.tensorboard",
)


LIBRARY = {f"torch.nn.{name}" for name in ("RNN", "LSTM", "GRU")}
LIBRARY |= {f"torch.optim.{name}" for name in ("Adam", "AdamW", "SGD", "RMSprop")}
"""Where the classes are that a checkpoint's config may name."""


def make(node: str, settings: Node, **more: Any) -> Any:
    """What the `_target_` of a node makes of the node's other values and `more`.

    Raises:
        InputError: where the target does not exist, does not take a value, or refuses it.
    """
    target = locate(node, settings.get("_target_"))
    check_node(node, settings, target)
    not_its = {"_target_", *READ_HERE.get(node, ())}
    values = {key: value for key, value in settings.items() if key not in not_its} | more
    try:
        if isinstance(target, type) and issubclass(target, Cell):
            return stepwise(target, values)
        return target(**values)
    except InputError as error:
        raise error.under(node) from error
    except (Exception, SystemExit) as error:  # whatever a class of the user's raises
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(reason, "as its class takes them", node, settings.get("_target_")) from error


def stepwise(cell: type[Cell], values: Node) -> Stepwise:
    """The layer of a kind of cell: what the cell does not take of the values, the layer does."""
    own = values.keys() & inspect.signature(cell).parameters.keys()
    rest = {key: value for key, value in values.items() if key not in own}
    return Stepwise(cell(**{key: values[key] for key in own}), **rest)


def locate(node: str, path: object) -> Callable:
    """The class or function of a dotted path."""
    first, *rest = str(path).split(".")
    try:
        found: Any = import_module(first)
        for name in rest:
            if isinstance(found, ModuleType) and not hasattr(found, name):
                import_module(f"{found.__name__}.{name}")
            found = getattr(found, name)
    except (Exception, SystemExit) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError(f"not found, {reason}", "a dotted path", f"{node}._target_", path) from None
    if not callable(found):
        raise InputError("no class and no function", "a dotted path of one", f"{node}._target_", path)
    return found


def vet_targets(config: Node, trust: list[str], path: Path) -> None:
    """That every class which the config of a checkpoint names is one that a checkpoint may name.

    Those are rnnlab's tasks, layers, data modules, schedules, callbacks and logger, torch.nn's three recurrent layers
    and four optimizers, and what the packages in `trust` define.
    """
    for key, value in config.items():
        for inner in _dicts(value):
            vet_targets(inner, trust, path)
        if key.startswith("_") and key != "_target_":
            raise refuse(path, f"its config has the key {key[:50]}")
        if key == "_target_" and not isinstance(value, str):
            raise refuse(path, "its config names a class that is none")
        if key == "_target_" and value not in LIBRARY:
            module, _, name = str(value).rpartition(".")
            ours = any(module == place or module.startswith(f"{place}.") for place in OURS)
            trusted = module.partition(".")[0] in trust
            if not (ours or trusted) or not module.replace(".", "_").isidentifier():
                raise refuse(path, f"its config names {str(value)[:80]}, add trust=[PACKAGE] if you trust it")
            defined = str(getattr(locate("checkpoint", value), "__module__", None))
            if defined != module and not (trusted and defined.partition(".")[0] in trust):
                raise refuse(path, f"its config names {name[:80]}, which {module} does not define")


def _dicts(value: Any) -> list[Node]:
    """A dict, or those in a list."""
    if isinstance(value, list):
        return [inner for one in value for inner in _dicts(one)]
    return [value] if isinstance(value, dict) else []

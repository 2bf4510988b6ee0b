"""The only place that looks up a class by the name in a config, and says which a checkpoint may name."""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from rnnlab.config.flat import Node
from rnnlab.config.places import check_made
from rnnlab.config.schema import LIBRARY, check_node, packages
from rnnlab.config.schema import OURS as READ_HERE
from rnnlab.config.trust import ENVIRONMENT, trusted
from rnnlab.errors import InputError, reason
from rnnlab.layers.cell import Cell
from rnnlab.layers.unroll import Stepwise
from rnnlab.runs.vetting import ALLOWED, refuse, vet_config, vet_plain

OURS = (
    "rnnlab.tasks",
    "rnnlab.layers",
    "rnnlab.data.splits",
    "rnnlab.training.schedules",
    "rnnlab.training.callbacks",
    "rnnlab.training.tensorboard",
    "rnnlab.training.loggers",
)
"""Where the classes are that a checkpoint's config may name, besides those of libraries in the schema."""


def make(node: str, settings: Node, **more: Any) -> Any:
    """What the `_target_` of a node makes of the node's other values and `more`.

    Raises:
        InputError: where the target does not exist, does not take a value, refuses it, or makes something else than the
        node's place in the config needs.
    """
    target = locate(node, settings.get("_target_"))
    check_node(node, settings, target)
    not_its = {"_target_", *READ_HERE.get(node, ())}
    values = {key: value for key, value in settings.items() if key not in not_its} | more
    try:
        if isinstance(target, type) and issubclass(target, Cell):
            made: Any = stepwise(target, values)
        else:
            made = target(**values)
    except InputError as error:
        raise error.under(node) from error
    except (Exception, SystemExit) as error:  # whatever a class of the user's raises
        raise InputError(reason(error), "as its class takes them", node, settings.get("_target_")) from error
    check_made(node, settings["_target_"], made)
    return made


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
        what = f"not found, {reason(error)}"
        raise InputError(what, "a dotted path", f"{node}._target_", path) from None
    if not callable(found):
        raise InputError("no class and no function", "a dotted path of one", f"{node}._target_", path)
    return found


def vet_targets(config: Node, trust: list[str], path: Path) -> None:
    """That every class which the config of a checkpoint names is one that a checkpoint may name.

    Those are rnnlab's tasks, layers, data modules, schedules, callbacks and loggers, torch.nn's three recurrent layers
    and four optimizers, and what the packages in `trust`, or in the environment, define.
    """
    known = trusted(trust)
    for key, value in config.items():
        for inner in _dicts(value):
            vet_targets(inner, trust, path)
        if key.startswith("_") and key != "_target_":
            raise refuse(path, f"its config has the key {key[:50]}")
        if key == "_target_" and not isinstance(value, str):
            raise refuse(path, "its config names a class that is none")
        if key == "_target_" and value not in LIBRARY:
            module = str(value).rpartition(".")[0]
            ours = any(module == place or module.startswith(f"{place}.") for place in OURS)
            package = module.partition(".")[0]
            if not module.replace(".", "_").isidentifier():
                raise refuse(path, f"its config names {value[:80]}, which is no class")
            if not (ours or package in known):
                raise InputError(f"its config names {value[:80]}", _how_to_trust(package[:80]), "checkpoint", path)
            defined = str(getattr(locate("checkpoint", value), "__module__", None))
            if defined != module and not {package, defined.partition(".")[0]} <= known:
                raise refuse(path, f"its config names {value[:80]}, which {module[:80]} does not define")


def vet_own(config: Node) -> None:
    """That a run of a config could go on with it: by what a checkpoint's config is held to, before there is any.

    Raises:
        InputError: for a value that no checkpoint may hold, and a class that is not defined where it is named.
    """
    here = Path()
    try:
        vet_plain(config, here)
        vet_targets(vet_config(config, here), packages(config), here)
    except InputError as error:
        allowed = "text, finite numbers, lists and keys of these, and classes where they are defined"
        raise InputError(f"a run could not be resumed, {error.what}", allowed) from None


def _how_to_trust(package: str) -> str:
    if not package.isidentifier() or package in (*sys.stdlib_module_names, "rnnlab"):
        return ALLOWED
    add = f"add trust=[{package}], or have {ENVIRONMENT}={package} in your environment, if you trust that package"
    return f"{add}; nothing in a run's folder does, as that may come from anybody"


def _dicts(value: Any) -> list[Node]:
    """A dict, or those in a list."""
    if isinstance(value, list):
        return [inner for one in value for inner in _dicts(one)]
    return [value] if isinstance(value, dict) else []

"""What a class or function takes, read from its source without running it.

So a value can be held to the annotations of the class that gets it before torch and Lightning, which that class may
import, have been waited for.
"""

import ast
import functools
import importlib.util
import inspect
import math
import operator
import re
import typing
from collections import abc
from pathlib import Path
from typing import Any, NamedTuple

from rnnlab import errors

TYPING = ("Annotated", "Any", "Dict", "List", "Literal", "Optional", "Set", "Tuple", "Union")
VOCABULARY: dict[str, Any] = {name: getattr(typing, name) for name in TYPING}
VOCABULARY |= {kind.__name__: kind for kind in (bool, dict, float, frozenset, int, list, set, str, tuple)}
VOCABULARY |= {kind.__name__: kind for kind in (abc.Iterable, abc.Mapping, abc.Sequence, Path, errors.Bounds)}
VOCABULARY |= {"re": re, "typing": typing}
SOURCES = ("collections.abc", "pathlib", "rnnlab.errors", "typing")
"""What annotations may be written with, and where it comes from, besides what their module assigns or imports from its
own package."""

DEEPEST = 8
"""Names that are followed from one module to the next, or from a class to its base."""


class Parameter(NamedTuple):
    """What an argument may be (an annotation, or Any), and whether it must be given."""

    kind: Any
    needed: bool


class Signature(NamedTuple):
    """The arguments of a class or function by name; `open` where it takes any others, too."""

    parameters: dict[str, Parameter]
    open: bool


def read(path: str) -> Signature | None:
    """The signature of what a dotted path names; None where its source does not tell.

    Only the packages around its module are imported.
    """
    module, _, name = path.rpartition(".")
    found = _follow(module, name, 0)
    return None if found is None else _signature(*found)


def of(target: Any) -> Signature:
    """The signature of a class or function that has been imported; open, where Python knows none of it."""
    try:
        known = inspect.signature(target)
    except (TypeError, ValueError):
        return Signature({}, True)
    try:
        kinds = typing.get_type_hints(target.__init__ if inspect.isclass(target) else target, include_extras=True)
    except Exception:  # an annotation that cannot be evaluated says nothing
        kinds = {}
    named = {
        name: Parameter(kinds.get(name, Any), one.default is one.empty)
        for name, one in known.parameters.items()
        if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
    }
    return Signature(named, any(one.kind is one.VAR_KEYWORD for one in known.parameters.values()))


def lineage(path: str, target: Any = None) -> list[str]:
    """The dotted paths of a class and of those above it, of first bases only where it has not been imported yet."""
    if target is not None:
        return [f"{one.__module__}.{one.__qualname__}" for one in getattr(target, "__mro__", ())]
    module, _, name = path.rpartition(".")
    found: list[str] = []
    while len(found) < DEEPEST and (place := _follow(module, name, 0)):
        module, node = place
        name = getattr(node, "name", "")
        found.append(f"{module}.{name}")
        bases = [base.id for base in getattr(node, "bases", ()) if isinstance(base, ast.Name)]
        name = bases[0] if bases else ""
    return found


@functools.cache
def _tree(module: str) -> dict[str, ast.AST]:
    """What the statements of a module define, assign or import: name -> statement. Empty where it has no source."""
    try:
        spec = importlib.util.find_spec(module)
        source = spec.loader.get_source(module) if spec and spec.loader else None  # type: ignore[attr-defined]
        body = ast.parse(source or "").body
    except (Exception, SystemExit):  # whatever importing its package or reading it raises, locating the class will say
        return {}
    names: dict[str, ast.AST] = {}
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names[node.name] = node
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {alias.asname or alias.name: node for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return names


def _follow(module: str, name: str, depth: int) -> tuple[str, ast.AST] | None:
    """The statement that defines a name, and the module it stands in, through imports within one package."""
    node = _tree(module).get(name)
    if isinstance(node, ast.ImportFrom):
        where = str(node.module)
        near = where.partition(".")[0] == module.partition(".")[0] or where.startswith("rnnlab.")
        original = next(alias.name for alias in node.names if name in (alias.asname, alias.name))
        return _follow(where, original, depth + 1) if near and depth < DEEPEST else None
    return None if node is None else (module, node)


def _signature(module: str, node: ast.AST, depth: int = 0) -> Signature | None:
    if isinstance(node, ast.ClassDef):
        makes = next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
        if makes is not None:
            return _arguments(module, makes.args, own=1)
        bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        found = _follow(module, bases[0], 0) if len(node.bases) == 1 and bases and depth < DEEPEST else None
        return None if found is None or node.decorator_list else _signature(*found, depth + 1)
    return _arguments(module, node.args, own=0) if isinstance(node, ast.FunctionDef) else None


def _arguments(module: str, node: ast.arguments, own: int) -> Signature:
    """own: how many of the first are not a caller's (self)."""
    plain = [*node.posonlyargs, *node.args]
    given = len(plain) - len(node.defaults)
    named = {one.arg: Parameter(_kind(module, one.annotation), place < given) for place, one in enumerate(plain)}
    for one, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        named[one.arg] = Parameter(_kind(module, one.annotation), default is None)
    return Signature(dict(list(named.items())[own:]), node.kwarg is not None)


def _kind(module: str, annotation: ast.expr | None) -> Any:
    try:
        return Any if annotation is None else _value(module, annotation, 0)
    except Exception:  # written with something that only the module itself knows
        return Any


def _value(module: str, written: ast.expr, depth: int) -> Any:
    """The value of an annotation, which may stand in quotes; nothing of it is run (see `_read`)."""
    if isinstance(written, ast.Constant) and isinstance(written.value, str):
        return _value(module, ast.parse(written.value, mode="eval").body, depth + 1)
    return _read(module, written, depth)


def _read(module: str, written: ast.expr, depth: int) -> Any:
    """The value of an expression of names, numbers, words, `a[b]`, `a | b` and calls of Bounds and re.compile.

    Raises:
        ValueError: for an expression that says something else.
    """

    def read(inner: ast.expr) -> Any:
        return _read(module, inner, depth)

    match written:
        case ast.Constant(value):
            return value
        case ast.Name(name) if name in VOCABULARY or depth < DEEPEST:
            return _named(module, name, depth)
        case ast.Attribute(ast.Name(name), attribute) if (of := _named(module, name, depth)) in (typing, re):
            return getattr(of, attribute)
        case ast.Subscript(kind, inner):
            return read(kind)[read(inner)]
        case ast.Tuple(members) | ast.List(members):
            return tuple(map(read, members))
        case ast.UnaryOp(ast.USub(), inner):
            return -_finite(read(inner))
        case ast.BinOp(left, ast.BitOr(), right):
            return read(left) | read(right)
        case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
            return SIGNS[type(sign)](_finite(read(left)), _finite(read(right)))
        case ast.Call(function, arguments, named) if (made := read(function)) in (errors.Bounds, re.compile):
            return made(*map(read, arguments), **{str(one.arg): read(one.value) for one in named})
    raise ValueError(f"line {written.lineno} says more than an annotation needs")


def _finite(value: Any) -> int | float:
    """A number that may be calculated with: none so large that this would take long."""
    if not isinstance(value, int | float) or abs(value) > 2**64:
        raise ValueError(f"{value} is no such number")
    return value


def _power(base: float, exponent: float) -> Any:
    return base ** _finite(exponent if abs(exponent) <= 64 else math.inf)


SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
SIGNS |= {ast.Pow: _power, ast.LShift: lambda left, right: int(_power(2, right)) * left}
"""What numbers are calculated with."""


def _named(module: str, name: str, depth: int) -> Any:
    node, original = _tree(module).get(name), name
    if isinstance(node, ast.ImportFrom) and node.module in SOURCES:
        original = next(one.name for one in node.names if name in (one.asname, one.name))
        node = None
    if node is None and original in VOCABULARY:
        return VOCABULARY[original]
    found = _follow(module, name, 0)
    if found and isinstance(found[1], ast.Assign | ast.AnnAssign) and found[1].value:
        return _value(found[0], found[1].value, depth + 1)
    return Any

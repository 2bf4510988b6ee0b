"""Signatures that are read from source, against what Python says of the imported class."""

import sys
import typing
from collections import abc
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from omegaconf import OmegaConf

from rnnlab.config import signatures
from rnnlab.config.compose import CONF
from rnnlab.config.instantiate import locate
from rnnlab.errors import Bounds

OWN = """
import typing
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Final, Literal, Mapping as Table, Optional
from ownsizes.sizes import List, Size as Width
from rnnlab.errors import Bounds
import nothing_of_this_name

MOST: Final = 4 * 10
Kind = Literal["a", "b"]

class Base:
    def __init__(self, width: Width, depth: "Annotated[int, Bounds(1, MOST)]" = 2, *, kind: Kind, other: Unknown = 0):
        pass

class Heir(Base):
    pass

class Two(Base, Kind):
    pass

class Color(Enum):
    RED = "red"

def lists(a: Sequence[float], b: set[str], c: typing.Sequence[int], d: Optional[Path], e: Table[str, int], f: List):
    pass

def unread(a: Color, b: Callable[[int], int], c: "Path | Color"):
    pass

def function(rate: float, /, plain=None, **more: int):
    pass
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "ownsizes").mkdir()
    (tmp_path / "ownsizes" / "__init__.py").touch()
    (tmp_path / "ownsizes" / "parts.py").write_text(OWN)
    (tmp_path / "ownsizes" / "sizes.py").write_text(
        "from typing import Annotated\nfrom rnnlab.errors import Bounds\nSize = Annotated[int, Bounds(1)]\n"
        "List = Literal['mine']\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    signatures._tree.cache_clear()


def targets(node: object) -> set[str]:
    below = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    mine = {node["_target_"]} if isinstance(node, dict) and isinstance(node.get("_target_"), str) else set()
    return mine.union(*map(targets, below))


NAMED = sorted(
    path
    for file in CONF.rglob("*.yaml")
    for path in targets(OmegaConf.to_container(OmegaConf.load(file)))
    if path.startswith("rnnlab.")
)


LIGHTNING = ("rnnlab.training.callbacks.", "rnnlab.training.tensorboard.")


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.slow if path.startswith(LIGHTNING) else ()) for path in dict.fromkeys(NAMED)],
)
def test_what_is_read_of_a_class_in_a_config_is_what_python_says_of_it(path):
    target = locate("node", path)
    known, said = signatures.read(path), signatures.of(target)
    if known is None:  # a cell that has no __init__
        assert said == signatures.Signature({}, False)
        return
    assert known.open == said.open and list(known.parameters) == list(said.parameters)
    for name, one in known.parameters.items():
        assert one.needed == said.parameters[name].needed, name
        assert one.kind in (Any, Any | None) or one.kind == said.parameters[name].kind, name


def test_a_signature_is_read_through_constants_imports_and_a_base_without_importing_anything(own):
    expected = {
        "width": signatures.Parameter(Annotated[int, Bounds(1)], True),
        "depth": signatures.Parameter(Annotated[int, Bounds(1, 40)], False),
        "kind": signatures.Parameter(Literal["a", "b"], True),
        "other": signatures.Parameter(Any, False),
    }
    for name in ("Base", "Heir"):
        assert signatures.read(f"ownsizes.parts.{name}") == signatures.Signature(expected, False)
    rate = {"rate": signatures.Parameter(float, True), "plain": signatures.Parameter(Any, False)}
    assert signatures.read("ownsizes.parts.function") == signatures.Signature(rate, True)
    kinds = {name: one.kind for name, one in signatures.read("ownsizes.parts.lists").parameters.items()}
    assert kinds["a"] == abc.Sequence[float] and kinds["b"] == set[str] and kinds["c"] == typing.Sequence[int]
    assert kinds["d"] == Path | None and kinds["e"] == abc.Mapping[str, int] and kinds["f"] == Literal["mine"]
    assert signatures.lineage("ownsizes.parts.Heir") == ["ownsizes.parts.Heir", "ownsizes.parts.Base"]
    assert "ownsizes.parts" not in sys.modules


def test_nothing_that_an_annotation_says_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "armed_annotations.py").write_text(
        "import re, typing\nfrom typing import Annotated\nfrom rnnlab.errors import Bounds\n"
        "def f(a: typing.sys.modules['os'].mkdir('made'), b: Annotated[int, Bounds(0, 9 ** 9 ** 9 ** 9)],\n"
        "      c: [re for re.escape in (1,)], d: Annotated[int, Bounds(-1, 2 ** 10 + (1 << 3))]): pass\n"
    )
    kinds = [one.kind for one in signatures.read("armed_annotations.f").parameters.values()]
    assert kinds == [Any, Any, Any, Annotated[int, Bounds(-1, 1032)]]
    assert not (tmp_path / "made").exists()


def test_what_no_config_can_say_as_it_is_may_be_anything(own):
    for name, one in signatures.read("ownsizes.parts.unread").parameters.items():
        assert one == signatures.Parameter(Any, True) or (name == "c" and one.kind == Path | Any), name


@pytest.mark.parametrize("path", ["Nothing", "MOST", "Two", "nothing_of_this_name", "Base.__init__"])
def test_of_what_the_source_does_not_tell_there_is_no_signature(path, own):
    assert signatures.read(f"ownsizes.parts.{path}") is None

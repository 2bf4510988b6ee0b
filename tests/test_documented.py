"""Every public name has a docstring, and every key of the configs stands in docs/configuration.md."""

import ast
from pathlib import Path

import pytest
from omegaconf import OmegaConf

import rnnlab
from rnnlab.config.compose import CONF

SOURCES = sorted(Path(rnnlab.__file__).parent.rglob("*.py"))
PAGE = CONF.parent / "docs" / "configuration.md"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_public_name_has_a_docstring(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), path
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name}"


@pytest.mark.skipif(not PAGE.is_file(), reason="the docs are not here: this is an installed package")
def test_every_key_is_documented():
    page = PAGE.read_text()
    missing = []
    for path in sorted(CONF.glob("*/*.yaml")):
        group = path.parent.name
        if group in ("tuned", "experiment", "logger", "launcher", "hydra"):
            continue
        node = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
        packed = "_global_" in path.read_text().splitlines()[0]
        missing += [key for key in leaves(node, "" if packed else f"{group}.") if not named(key, page)]
    assert missing == []


def named(key: str, page: str) -> bool:
    """Whether a page has a key, or the key that it is a part of: a state of a table is data."""
    parts = key.split(".")
    return any(f"`{'.'.join(parts[:end])}`" in page for end in range(2, len(parts) + 1))


def leaves(node: dict, prefix: str) -> list[str]:
    found = []
    for key, value in node.items():
        if key in ("defaults", "_target_"):
            continue
        found += leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]
    return found

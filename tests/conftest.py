"""What the tests share: all of conf/task and conf/model is tested, so a new yaml is covered without an edit."""

import copy
import functools
import gc
import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest
import torch

CONF = Path(__file__).parents[1] / "conf"

OF_POSIX = re.compile(r"os\.fork|forked_runs|small_sweeps|SIGKILL|killpg|mkfifo|symlink|os\.sysconf|import resource")
"""Of a test file: that it does what only POSIX systems do."""

torch.set_num_threads(1)


def pytest_generate_tests(metafunc):
    """A test that takes `task_name` or `model_name`, itself or through a fixture, runs once for each yaml there is.

    It is slow for one that names no class of its own but has that of a yaml before it.
    """
    for group in ("task", "model"):
        if f"{group}_name" in metafunc.fixturenames:
            paths = sorted((CONF / group).glob("*.yaml"))
            assert paths, f"no yaml in {CONF / group}"
            of = {path.stem: path.stem if "_target_" in path.read_text() else based_on(path) for path in paths}
            later = {name for name, base in of.items() if name != next(one for one in of if of[one] == base)}
            marks = {name: [pytest.mark.slow] * (name in later) for name in of}
            metafunc.parametrize(f"{group}_name", [pytest.param(name, marks=marks[name]) for name in of])


def based_on(path):
    """The line of a yaml that names what it is made of."""
    return next(line for line in path.read_text().splitlines() if line.startswith("defaults:"))


def pytest_ignore_collect(collection_path):
    """Files of tests that fork, kill, or make links and pipes need a system that can."""
    if not hasattr(os, "fork") and collection_path.name.startswith("test_"):
        return bool(OF_POSIX.search(collection_path.read_text(encoding="utf-8"))) or None
    return None


def pytest_collection_modifyitems(items):
    """What a test `needs` beyond the project, packages and programs, is here, or it is skipped and says what is not."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    for item in items:
        needed = [name for mark in item.iter_markers("needs") for name in mark.args]
        missing = [name for name in needed if not (importlib.util.find_spec(name) or shutil.which(name, path=path))]
        if missing:
            item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


def pytest_collection_finish():
    """What is imported stays, so no collector and no forked child need touch it: a fifth of a training less."""
    gc.collect()
    gc.freeze()


@functools.cache
def composed(*overrides):
    from omegaconf import OmegaConf

    from rnnlab.config.compose import compose

    return OmegaConf.to_container(compose(list(overrides)), resolve=True)


@functools.cache
def built_task(name):
    from rnnlab.config import build

    return build.task(composed(f"task={name}", "model=lstm"))


@pytest.fixture
def config():
    """A function from overrides to the plain config that the command line would make of them."""
    return lambda *overrides: copy.deepcopy(composed(*overrides))


@pytest.fixture
def task(task_name):
    """The task of each yaml in conf/task, as its defaults make it."""
    return built_task(task_name)


@pytest.fixture
def seeded():
    """A function from a seed to a generator."""
    return lambda seed=0: torch.Generator().manual_seed(seed)

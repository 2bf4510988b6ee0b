"""A class of the user's, whatever it is and does: used and resumed, or refused in one line before anything is made."""

from pathlib import Path

import pytest

from rnnlab.config import build, instantiate
from rnnlab.errors import InputError
from rnnlab.runs.vetting import vet_config
from rnnlab.training import setup

OWN = """
import functools
import os
from os import system

part = functools.partial(dict, a=1)

class Made:
    def __init__(self, more=None):
        pass

    @classmethod
    def make(cls, a: int = 1):
        return cls()

class Lacks:
    def __init__(self):
        {}["lacking"]

class Leaves:
    def __init__(self):
        raise SystemExit(0)
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "ownclasses.py").write_text(OWN)
    (tmp_path / "leaving.py").write_text("raise SystemExit(0)\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize("path", ["ownclasses.Lacks", "ownclasses.Leaves", "leaving.Class"])
def test_what_its_making_raises_is_one_line(own, path):
    with pytest.raises(InputError, match=r"callbacks.own"):
        instantiate.make("callbacks.own", {"_target_": path})


def test_what_is_no_callback_is_refused(own, config):
    node = {"own": {"_target_": "ownclasses.Made"}}
    settings = config("task=digitsum", "model=gru")
    parts = build.parts(settings | {"callbacks": settings["callbacks"] | node})
    with pytest.raises(InputError, match=r"Made cannot be used there \(callbacks.own._target_=ownclasses.Made\)"):
        setup.prepare(parts)


@pytest.mark.parametrize(
    ("node", "hint"),
    [
        ({"_target_": "ownclasses.part"}, "its config names ownclasses.part, which ownclasses does not define"),
        ({"_target_": "ownclasses.Made", "more": {1: 2}}, "a key that is no name, 1"),
        ({"_target_": "ownclasses.Made", "more": [float("nan")]}, "nan in more"),
        ({"_target_": "ownclasses.Made", "more": "${a}"}, "in more"),
        ({"_target_": "ownclasses.Made", "more": [10**30]}, "more than 64 bits"),
    ],
)
def test_what_a_resume_would_refuse_is_refused_at_the_start(own, node, hint, config):
    settings = config("task=digitsum", "model=gru")
    with pytest.raises(InputError, match=f"could not be resumed, .*{hint}"):
        setup.prepare(build.parts(settings | {"callbacks": settings["callbacks"] | {"own": node}}))


def test_what_a_trusted_package_makes_in_another_way_is_trusted_and_nothing_else_is(own):
    path = Path("x.ckpt")
    instantiate.vet_targets({"node": {"_target_": "ownclasses.Made.make"}}, ["ownclasses"], path)
    for target, trust in (("ownclasses.Made.make", []), ("ownclasses.system", ["ownclasses"])):
        with pytest.raises(InputError, match="its config names"):
            instantiate.vet_targets({"node": {"_target_": target}}, trust, path)


def test_a_list_may_hold_values_of_keys_but_no_class(own):
    path = Path("x.ckpt")
    vet_config({"node": {"values": [1, {"a": [2]}]}}, path)
    with pytest.raises(InputError, match="its config has"):
        vet_config({"node": {"values": [{"a": float("nan")}]}}, path)
    with pytest.raises(InputError, match="its config names"):
        instantiate.vet_targets({"node": {"values": [{"_target_": "os.system"}]}}, [], path)

"""Packages whose classes a run may name: those that are typed or in the environment, never those that the run names."""

import pytest

from rnnlab.config.instantiate import vet_targets
from rnnlab.config.trust import ENVIRONMENT, listed, trusted
from rnnlab.errors import InputError


@pytest.mark.parametrize(
    ("text", "names"),
    [("", []), ("[]", []), ("a", ["a"]), ("[a,b]", ["a", "b"]), ("[ a , ]", ["a"]), ("a,b", ["a", "b"])],
)
def test_packages_are_listed_with_brackets_or_without(text, names):
    assert listed(text) == names


def test_the_environment_adds_to_what_is_typed(monkeypatch):
    assert trusted(["mine"]) == {"mine"}
    monkeypatch.setenv(ENVIRONMENT, "other,third")
    assert trusted(["mine"]) == {"mine", "other", "third"}


def test_a_package_in_the_environment_is_not_asked_for(monkeypatch, tmp_path):
    (tmp_path / "theirpackage.py").write_text("class Mine:\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    node = {"task": {"_target_": "theirpackage.Mine"}}
    with pytest.raises(
        InputError, match=f"add trust=.theirpackage., or have {ENVIRONMENT}=theirpackage .* from anybody"
    ):
        vet_targets(node, [], tmp_path)
    vet_targets(node, ["theirpackage"], tmp_path)
    monkeypatch.setenv(ENVIRONMENT, "[theirpackage]")
    vet_targets(node, [], tmp_path)


@pytest.mark.parametrize("name", ["os.system", "subprocess.Popen", "rnnlab.files.write", "no package.x", ""])
def test_nobody_is_told_to_trust_what_is_no_package_of_theirs(name, tmp_path):
    with pytest.raises(InputError, match="must be a checkpoint that rnnlab wrote"):
        vet_targets({"task": {"_target_": name}}, [], tmp_path)

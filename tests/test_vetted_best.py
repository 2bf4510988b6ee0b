"""What a best checkpoint holds is answered with, or refused in one line, by every command that asks a trained network.

Only its weights, its config and its vocabulary matter there.
"""

import os
import random
from pathlib import Path

import pytest

import children
from mutants import Mutant, mutants
from rnnlab import checkpoint, evaluate, export, predict, sample
from rnnlab.train import main

DIGITS = ["task=digitsum", "model=lstm", "model.hidden_size=4", "data.lengths=[2]", "data.batch_size=20"]
TEXT = ["task=chartext", "task.path=text", "model=gru", "model.hidden_size=4", "data.batch_size=4", "data.window=10"]
ASKED = {
    "evaluate": (DIGITS, evaluate.main, []),
    "evaluate by length": (DIGITS, evaluate.main, ["lengths=[3]", "count=3", "json=true"]),
    "predict": (DIGITS, predict.main, ["12"]),
    "sample": (TEXT, sample.main, ["length=5"]),
    "export": (DIGITS, export.main, []),
}
MATTER = ("state_dict", "config", "vocabulary", "format", "version")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A function from a setting to a trained run, made once."""
    folder, made = tmp_path_factory.mktemp("trained"), {}

    def run(setting: list[str]) -> Path:
        name = setting[0].partition("=")[2]
        if name not in made:
            os.chdir(folder)
            Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(300)))
            assert main([*setting, "trainer.max_epochs=1", "logger=none", f"output_dir={name}"]) == 0
            made[name] = folder / next(Path(name).glob("*/*/*"))
        return made[name]

    before = Path.cwd()
    yield run
    os.chdir(before)


def wrong(command: str, run: Path, chosen: list[Mutant]) -> list[tuple]:
    """What asking each mutant came to, where it was neither answered nor refused in one line."""
    _, ask, more = ASKED[command]
    best, found = run / "checkpoints" / "best.ckpt", []
    original = checkpoint.read(best)
    for mutant in chosen:
        checkpoint.write(best, mutant.of(original))
        ended = children.run([str(run), *more], command=ask)
        refused = ended.code == 2 and ended.err.startswith("rnnlab: error: ") and ended.err.count("\n") == 1
        if not refused and (ended.code != 0 or mutant.place.startswith(("format", "version"))):
            found.append((mutant.place, mutant.kind, ended.code, ended.signal, ended.err))
    checkpoint.write(best, original)
    return found


def those_that_matter(run: Path) -> list[Mutant]:
    every = mutants(checkpoint.read(run / "checkpoints" / "best.ckpt"))
    return [mutant for mutant in every if mutant.place.partition("/")[0] in MATTER]


@pytest.mark.parametrize("command", ["evaluate", "evaluate by length", "predict", "sample"])
def test_a_few_of_all_wrong_checkpoints_are_answered_or_refused(command, trained, monkeypatch):
    run = trained(ASKED[command][0])
    monkeypatch.chdir(run.parents[3])
    assert wrong(command, run, random.Random(1).sample(those_that_matter(run), 4)) == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ASKED)
def test_every_wrong_checkpoint_is_answered_or_refused(command, trained, monkeypatch):
    run = trained(ASKED[command][0])
    monkeypatch.chdir(run.parents[3])
    chosen = those_that_matter(run)
    if command != "evaluate":  # all read it in the same way; what export writes takes seconds
        chosen = random.Random(1).sample(chosen, 40 if command == "export" else len(chosen) // 4)
    assert chosen
    assert wrong(command, run, chosen) == []


@pytest.mark.parametrize("vocabulary", [None, 3, "ab", "removed"])
def test_a_text_without_its_vocabulary_is_not_looked_for_elsewhere(vocabulary, trained, monkeypatch, capsys):
    run = trained(TEXT)
    monkeypatch.chdir(run.parents[3])
    best = run / "checkpoints" / "best.ckpt"
    content = checkpoint.read(best)
    kept = content["vocabulary"]
    if vocabulary == "removed":
        del content["vocabulary"]
    else:
        content["vocabulary"] = vocabulary
    checkpoint.write(best, content)
    assert sample.main([str(run)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    checkpoint.write(best, content | {"vocabulary": kept})

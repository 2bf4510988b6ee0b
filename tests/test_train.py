"""The main job, as a user runs it."""

import csv
import json
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from rnnlab.config import build
from rnnlab.config.compose import CONF, compose
from rnnlab.inference.decode import generate
from rnnlab.runs import checkpoint
from rnnlab.train import main

SHORT = ["trainer.limit_batches=4", "trainer.max_epochs=2", "model.hidden_size=8"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(*overrides: str) -> Path:
    before = set(Path("outputs").glob("*/*/*"))
    assert main(overrides) == 0
    (run,) = set(Path("outputs").glob("*/*/*")) - before
    return run


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def curves(run: Path) -> dict[str, list[tuple[int, float]]]:
    events = EventAccumulator(str(run)).Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_the_run_directory_holds_what_the_design_says():
    run = train("task=digitsum", "model=lstm", "seed=7", *SHORT)
    assert run.parts[:3] == ("outputs", "digitsum", "lstm")
    found = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file() and "tfevents" not in path.name}
    assert found >= {
        "run.json", "metrics.csv", "timing.csv", "train.log", ".hydra/config.yaml", ".hydra/overrides.yaml",
        "checkpoints/best.ckpt", "checkpoints/last.ckpt", "answers.json",
    }  # fmt: skip
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == "done" and record["seed"] == 7 and record["steps"] == 8
    assert record["parameters"] == 4 * 8 * (12 + 8 + 2) + 12 * 8 + 12
    assert record["versions"]["torch"] == torch.__version__ and record["threads"] == 1
    assert set(record["metrics"]) >= {"loss/validation", "exact_match/test"}


def test_the_same_command_gives_the_same_metrics_to_the_last_digit():
    first, second = (train("model=gru", "model.num_layers=2", "model.dropout=0.3", *SHORT) for _ in range(2))
    assert (first / "metrics.csv").read_bytes() == (second / "metrics.csv").read_bytes()
    other = train("model=gru", "model.num_layers=2", "model.dropout=0.3", "seed=2", *SHORT)
    assert (first / "metrics.csv").read_bytes() != (other / "metrics.csv").read_bytes()


def test_training_and_validation_curves_have_the_same_names_for_every_task(task_name):
    text = task_name == "chartext"
    run = train(f"task={task_name}", "model=rnn", *SHORT, *(["task.corpus=sentences"] if text else []))
    found = curves(run)
    scores = ["loss", "accuracy", "exact_match"] + ["bits_per_character"] * text
    assert {f"{score}/{split}" for score in scores for split in ("train", "validation")} < set(found)
    assert {"learning_rate", "gradient_norm", "characters/train" if text else "examples/train"} < set(found)
    assert any(name.startswith("speed/") for name in found)
    table = rows(run / "metrics.csv")
    for name in ("loss/validation", "loss/train", "gradient_norm"):
        assert [step for step, _ in found[name]] == [int(row["step"]) for row in table]
        assert [value for _, value in found[name]] == pytest.approx([float(row[name]) for row in table])


def test_what_training_logs_is_what_a_plain_loop_computes():
    """Two SGD steps on one batch each, written out: loss, gradient norm before clipping, rate and weights agree."""
    overrides = ["data.batch_size=8880", "model.hidden_size=5", "optimizer=sgd", "optimizer.momentum=0.5"]
    overrides += [
        "optimizer.lr=0.1",
        "schedule=constant",
        "trainer.max_epochs=2",
        "trainer.gradient_clip=0.01",
        "trainer.precision=64-true",
    ]
    run = train(*overrides)
    config = build_config(overrides)
    torch.manual_seed(1)
    task = build.task(config)
    network = build.network(config, task).double()
    batch = build.data(config, task).train.examples
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.5)
    for row in rows(run / "metrics.csv"):
        logits, _ = network(batch.inputs)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        norm = torch.cat([parameter.grad.flatten() for parameter in network.parameters()]).norm()
        assert float(row["loss/train"]) == pytest.approx(loss.item(), rel=1e-6)
        assert float(row["gradient_norm"]) == pytest.approx(norm.item(), rel=1e-6)
        assert float(row["learning_rate"]) == 0.1 and row["examples/train"] == "8880"
        for parameter in network.parameters():
            parameter.grad *= 0.01 / norm
        optimizer.step()
    saved = checkpoint.read(run / "checkpoints" / "last.ckpt")["state_dict"]
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(saved[f"network.{name}"].double(), parameter.data, rtol=1e-6, atol=1e-9)


def build_config(overrides: list[str]) -> dict:
    from omegaconf import OmegaConf

    return OmegaConf.to_container(compose(overrides), resolve=True)


@pytest.mark.parametrize("optimizer", sorted(path.stem for path in (CONF / "optimizer").glob("*.yaml")))
def test_every_optimizer_lowers_the_loss(optimizer):
    table = rows(train(f"optimizer={optimizer}", "trainer.max_epochs=3", "trainer.limit_batches=20") / "metrics.csv")
    assert float(table[-1]["loss/train"]) < float(table[0]["loss/train"])


@pytest.mark.parametrize(
    ("overrides", "factors"),
    [
        (["schedule=constant"], [1, 1, 1, 1]),
        (["schedule=cosine", "schedule.warmup=0"], [0.96194, 0.69134, 0.30866, 0.03806]),  # cos at 1/8, 3/8, 5/8, 7/8
        (["schedule=plateau", "schedule.patience=1"], [1, 1, 0.5, 0.25]),
    ],
)
def test_schedules_change_the_rate(overrides, factors, monkeypatch):
    if "schedule=plateau" in overrides:  # a loss that never improves: nothing is learnt
        monkeypatch.setattr("torch.optim.AdamW.step", lambda self, closure: closure())
    run = train("trainer.max_epochs=4", "trainer.limit_batches=2", "optimizer.lr=0.001", *overrides)
    rates = [float(row["learning_rate"]) for row in rows(run / "metrics.csv")]
    assert rates == pytest.approx([0.001 * factor for factor in factors], rel=1e-3)


def test_training_stops_when_solved_and_when_nothing_improves():
    solved = train(
        "task=countdown", "data.lengths=[1,2]", "data.batch_size=2", "optimizer.lr=0.05", "schedule=constant"
    )
    table = rows(solved / "metrics.csv")
    assert len(table) < 300 and [row["exact_match/validation"] for row in table[-3:]] == ["1.0"] * 3
    bored = train(
        "callbacks.early.patience=2", "optimizer.lr=10", "optimizer=sgd", "schedule=constant", "trainer.limit_batches=2"
    )
    losses = [float(row["loss/validation"]) for row in rows(bored / "metrics.csv")]
    assert len(losses) < 30 and min(losses) == losses[-3]


def test_the_best_checkpoint_is_the_one_that_is_scored():
    run = train(
        "optimizer=sgd", "optimizer.lr=3", "schedule=constant", "trainer.max_epochs=5", "trainer.limit_batches=3"
    )
    losses = [float(row["loss/validation"]) for row in rows(run / "metrics.csv")]
    exact = [float(row["exact_match/validation"]) for row in rows(run / "metrics.csv")]
    best = max(range(5), key=lambda check: (exact[check], -losses[check]))
    record = json.loads((run / "run.json").read_text())
    assert record["metrics"]["loss/validation"] == pytest.approx(losses[best])
    assert checkpoint.read(run / "checkpoints" / "best.ckpt")["global_step"] == 3 * (best + 1)


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru"])
def test_the_sentences_are_learnt_by_heart(model):
    overrides = ["task=chartext", "task.corpus=sentences", f"model={model}"]
    run = train(*overrides, "trainer.max_steps=300", "trainer.check_every=300")
    config = build_config(overrides)
    task = build.task(config)
    network = build.network(config, task)
    weights = checkpoint.read(run / "checkpoints" / "best.ckpt")["state_dict"]
    network.load_state_dict({name.removeprefix("network."): value for name, value in weights.items()})
    prompt = task.parse("good").inputs
    written = task.vocab.decode(generate(network, prompt, 11)[0])
    assert "good" + written == "good i am fine "


def test_a_run_that_fails_says_so_in_one_line_and_in_its_record(capsys, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("rnnlab.training.learner.score", broken)
    assert main(SHORT) == 1
    err = capsys.readouterr().err
    assert err.startswith("rnnlab: error: ZeroDivisionError, on purpose") and err.count("\n") == 1
    (run,) = Path("outputs").glob("*/*/*")
    assert json.loads((run / "run.json").read_text())["status"] == "failed"
    assert "Traceback" in (run / "train.log").read_text()


def test_output_in_a_file_is_plain_lines_with_the_command_for_tensorboard(capsys):
    run = train(*SHORT)
    out = capsys.readouterr().out
    assert str(run) in out.splitlines()[0]
    assert "step 8/8" in out and "s left" in out and "tensorboard --logdir outputs" in out
    assert "\r" not in out and "\x1b" not in out


def test_64_bit_and_accumulated_steps():
    run = train("trainer.precision=64-true", "trainer.accumulate=2", *SHORT)
    assert json.loads((run / "run.json").read_text())["steps"] == 4
    assert (
        checkpoint.read(run / "checkpoints" / "last.ckpt")["state_dict"]["network.head.weight"].dtype == torch.float64
    )


def test_a_training_that_ends_before_its_first_check_is_scored_as_it_ended(capsys):
    run = train("trainer.max_steps=3", "trainer.max_epochs=null", "model.hidden_size=8")
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == "done" and record["steps"] == 3 and record["metrics"]["loss/test"] > 0
    ends = [checkpoint.read(run / "checkpoints" / name)["state_dict"] for name in ("best.ckpt", "last.ckpt")]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[1])


def test_a_run_that_went_on_still_says_what_was_typed_when_it_began():
    run = train(*SHORT)
    assert main([f"resume={run}", "trainer.max_epochs=3"]) == 0
    record = json.loads((run / "run.json").read_text())
    assert record["overrides"] == SHORT and len(record["resumed"]) == 1


def test_what_was_typed_is_kept_as_it_was_typed_and_its_value_is_what_it_means(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    typed = [*SHORT, "seed=${trainer.max_epochs}"]
    assert main(typed) == 0
    record = json.loads(next(tmp_path.glob("outputs/*/*/*/run.json")).read_text())
    assert record["overrides"] == typed and record["seed"] == record["config"]["trainer"]["max_epochs"]

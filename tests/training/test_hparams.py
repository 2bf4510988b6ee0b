"""What HPARAMS shows of a run."""

from rnnlab.training.hparams import final, hyperparameters

CONFIG = {
    "task": {"name": "digitsum", "lengths": None},
    "model": {"name": "lstm", "_target_": "torch.nn.LSTM", "hidden_size": 64, "bias": True},
    "optimizer": {"_target_": "torch.optim.AdamW", "lr": 0.01},
    "data": {"lengths": [2, 4]},
    "seed": 3,
}
NAMES = {"task": "digitsum", "model": "lstm", "seed": "3"}


def test_of_a_sweep_it_is_what_varies_and_a_group_goes_by_its_class():
    swept = {"varies": ["optimizer", "model", "data.lengths", "model.bias", "task.lengths", "no.such"]}
    expected = NAMES | {"optimizer": "AdamW", "data.lengths": "[2, 4]", "model.bias": True}
    assert hyperparameters(CONFIG | {"sweep": swept}) == expected


def test_of_a_run_alone_it_is_what_one_would_vary_first():
    expected = NAMES | {"model.hidden_size": 64, "optimizer.lr": 0.01}
    for sweep in ({}, {"sweep": {"varies": []}}, {"sweep": None}):
        assert hyperparameters(CONFIG | sweep) == expected


def test_final_scores_start_with_the_most_telling_of_test_data():
    names = ["loss/validation", "exact_match/validation", "loss/test", "accuracy/test", "bits_per_character/test"]
    names += ["other", "exact_match_beyond/random", "exact_match/test"]
    scores = final({name: float(place) for place, name in enumerate(names)})
    order = ["bits_per_character/test", "exact_match/test", "exact_match_beyond/random", "loss/test", "accuracy/test"]
    assert list(scores) == [f"final/{name}" for name in [*order, "other", "exact_match/validation", "loss/validation"]]
    assert all(scores[f"final/{name}"] == place for place, name in enumerate(names))

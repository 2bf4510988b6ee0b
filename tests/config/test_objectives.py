"""The scores that a run can be judged by, against a list of them by hand."""

from typing import get_args

import pytest

from rnnlab.config.objectives import Monitored, Objective, lower_is_better

BETTER = {"loss": min, "bits_per_character": min, "perplexity": min, "accuracy": max, "exact_match": max}


@pytest.mark.parametrize("stage", ["train", "validation", "test"])
def test_of_a_loss_the_lower_and_of_a_share_the_higher_is_the_better(stage):
    assert {score: min if lower_is_better(f"{score}/{stage}") else max for score in BETTER} == BETTER


def test_every_check_has_what_can_be_monitored_and_every_run_what_can_be_an_objective():
    for names, stages in ((Monitored, ("train", "validation")), (Objective, ("validation", "test"))):
        every = [f"{score}/{stage}" for stage in stages for score in ("loss", "accuracy", "exact_match")]
        assert list(get_args(names)) == every

"""The four shapes of the batch contract, each against an example written out by hand."""

import torch

from rnnlab.batch import IGNORE, Batch, answer_after, label_at_end, label_each_step, next_token, stack

N = IGNORE


def test_a_label_at_the_end_is_asked_at_the_last_step_only():
    batch = label_at_end(torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([7, 8]))
    assert batch.inputs.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert batch.targets.tolist() == [[N, N, 7], [N, N, 8]]
    assert batch.asked().tolist() == [[False, False, True]] * 2


def test_a_label_at_the_end_takes_features_too():
    assert label_at_end(torch.zeros(2, 3, 5), torch.tensor([1, 0])).targets.tolist() == [[N, N, 1], [N, N, 0]]


def test_a_label_at_each_step_is_passed_on_unchanged():
    inputs, labels = torch.rand(2, 3, 2), torch.tensor([[0, 1, 1], [1, 0, 1]])
    batch = label_each_step(inputs, labels)
    assert torch.equal(batch.inputs, inputs) and torch.equal(batch.targets, labels)


def test_an_answer_is_first_asked_at_the_last_step_of_the_prompt_and_then_fed_back():
    batch = answer_after(torch.tensor([[1, 2, 9, 4, 10]]), torch.tensor([[1, 6, 11]]))
    assert batch.inputs.tolist() == [[1, 2, 9, 4, 10, 1, 6]]
    assert batch.targets.tolist() == [[N, N, N, N, 1, 6, 11]]


def test_a_prompt_of_one_symbol_is_asked_from_the_first_step():
    batch = answer_after(torch.tensor([[3]]), torch.tensor([[2, 1, 0, 9]]))
    assert batch.inputs.tolist() == [[3, 2, 1, 0]]
    assert batch.targets.tolist() == [[2, 1, 0, 9]]


def test_a_shorter_answer_is_padded_with_steps_that_nobody_asks():
    batch = answer_after(torch.tensor([[5, 10], [6, 10]]), torch.tensor([[1, 2, 3, 11], [4, 11, N, N]]))
    assert batch.targets.tolist() == [[N, 1, 2, 3, 11], [N, 4, 11, N, N]]
    assert batch.inputs[0].tolist() == [5, 10, 1, 2, 3] and batch.inputs[1, :3].tolist() == [6, 10, 4]
    assert batch.inputs.min() >= 0  # what stands in for padding is still a symbol


def test_an_answer_of_one_symbol_adds_no_step():
    batch = answer_after(torch.tensor([[5, 10]]), torch.tensor([[7]]))
    assert batch.inputs.tolist() == [[5, 10]] and batch.targets.tolist() == [[N, 7]]


def test_text_asks_for_the_next_symbol():
    batch = next_token(torch.tensor([[1, 2, 3, 4]]))
    assert batch.inputs.tolist() == [[1, 2, 3]] and batch.targets.tolist() == [[2, 3, 4]]


def test_stacking_pads_shorter_batches_on_the_right():
    short = Batch(torch.tensor([[1, 2]]), torch.tensor([[N, 3]]))
    long = Batch(torch.tensor([[4, 5, 6, 7]]), torch.tensor([[N, N, 8, 9]]))
    batch = stack([short, long])
    assert batch.inputs.tolist() == [[1, 2, 0, 0], [4, 5, 6, 7]]
    assert batch.targets.tolist() == [[N, 3, N, N], [N, N, 8, 9]]


def test_stacking_pads_features_too():
    short, long = (label_each_step(torch.ones(1, steps, 2), torch.ones(1, steps).long()) for steps in (1, 3))
    batch = stack([short, long])
    assert batch.inputs[0].tolist() == [[1, 1], [0, 0], [0, 0]] and batch.inputs.dtype == torch.float32
    assert batch.targets.tolist() == [[1, N, N], [1, 1, 1]]


def test_rows_are_chosen_from_inputs_and_targets_alike():
    batch = next_token(torch.arange(12).view(3, 4))
    chosen = batch.rows(torch.tensor([2, 0]))
    assert chosen.inputs.tolist() == [[8, 9, 10], [0, 1, 2]] and chosen.targets.tolist() == [[9, 10, 11], [1, 2, 3]]
    assert batch.rows(slice(1, 2)).targets.tolist() == [[5, 6, 7]]

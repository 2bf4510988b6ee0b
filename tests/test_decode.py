"""Writing an answer: what is fed back, where a row ends, and that it agrees with scoring under teacher forcing."""

import pytest
import torch
from torch.nn import functional

from rnnlab import build
from rnnlab.batch import IGNORE
from rnnlab.decode import generate
from rnnlab.metrics import score
from rnnlab.network import Network, OneHot


def exact_both_ways(network, task, batch):
    """Which rows are right under teacher forcing, and which when the network's own answer is fed back."""
    asked = batch.asked()
    forced = ((network(batch.inputs)[0].argmax(2) == batch.targets) | ~asked).all(1)
    start = int(asked[0].long().argmax()) + 1
    expected = batch.targets[:, start - 1 :]
    written = generate(network, batch.inputs[:, :start], expected.shape[1], task.end)
    written = functional.pad(written, (0, expected.shape[1] - written.shape[1]), value=IGNORE)
    return forced, (written == expected).all(1)


def test_teacher_forced_exactness_equals_greedy_exact_match(task_name, task, config, seeded):
    if task.answer != "fed_back":
        pytest.skip("its answers are not fed back")
    settings = config(f"task={task_name}", "model=lstm")
    lengths = settings["data"]["lengths"]
    settings["model"] |= {"hidden_size": 32, "num_layers": 1, "dropout": 0.0}
    torch.manual_seed(11)
    network = build.network(settings, task).double()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    batches = [task.batch(20, length, seeded(length)) for length in lengths[:6]]

    def compare():
        forced, greedy = (
            torch.cat(rows) for rows in zip(*(exact_both_ways(network, task, batch) for batch in batches), strict=True)
        )
        assert torch.equal(forced, greedy)
        return forced.double().mean().item()

    right = [compare()]
    for _ in range(60):
        for batch in batches:
            optimizer.zero_grad()
            sums = score(network(batch.inputs)[0], batch.targets)
            (sums.nats / sums.asked).backward()
            optimizer.step()
        right.append(compare())
    assert right[0] < 0.5 and any(0 < share < 1 for share in right)  # both outcomes have been compared


def test_generation_carries_its_state_and_stops_each_row_at_its_end():
    class Count(torch.nn.Module):
        """Answers one more than the last symbol; the state is how many symbols have been read."""

        def forward(self, inputs, state=None):
            (read,) = (torch.zeros(1, len(inputs), 1),) if state is None else state
            return functional.one_hot(inputs + 1, 10).double(), (read + inputs.shape[1],)

    prompt = torch.tensor([[0, 2], [0, 4]])
    assert generate(Count(), prompt, 5, end=6).tolist() == [[3, 4, 5, 6], [5, 6, IGNORE, IGNORE]]
    assert generate(Count(), prompt, 2, end=6).tolist() == [[3, 4], [5, 6]]
    assert generate(Count(), prompt, 3).tolist() == [[3, 4, 5], [5, 6, 7]]
    assert generate(Count(), prompt, 0).shape == (2, 0)


def test_generation_equals_reading_the_whole_answer_again(seeded):
    torch.manual_seed(13)
    network = Network(OneHot(7), torch.nn.GRU(7, 9, batch_first=True), 9, 7).double()
    prompt = torch.randint(7, (4, 5), generator=seeded())
    state = network(torch.tensor([[1]] * 4))[1]
    answer = generate(network, prompt, 20, state=state)
    whole = torch.cat([prompt, answer], 1)
    assert torch.equal(network(whole, state)[0].argmax(2)[:, 4:-1], answer)

"""Writing an answer: what is fed back, where a row ends, and that it agrees with scoring under teacher forcing."""

import itertools

import pytest
import torch
from torch.nn import functional

from rnnlab.batch import IGNORE
from rnnlab.config import build
from rnnlab.inference.decode import beam, generate, greedy, sampler, stream
from rnnlab.metrics import score
from rnnlab.network import Network, OneHot

LOGITS = torch.tensor([[2.0, 1.0, 0.0, -1.0]])


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


def test_an_answer_never_outgrows_its_steps():
    network = Network(OneHot(12), torch.nn.RNN(12, 4, batch_first=True), 4, 12)
    assert generate(network, torch.zeros(3, 2, dtype=torch.int64), 5).shape[1] <= 5


@pytest.fixture
def network():
    torch.manual_seed(5)
    made = Network(OneHot(4), torch.nn.LSTM(4, 6, 2, batch_first=True), 6, 4)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter)
    return made.double().eval()


def shares(choose, rows):
    """How often each class is drawn, by one row alone and by all of many together."""
    drawn = torch.cat([choose(LOGITS.expand(rows, -1)) for _ in range(20_000 // rows)])
    return drawn.bincount(minlength=4) / len(drawn)


@pytest.mark.parametrize("rows", [1, 1000])
@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, LOGITS[0]),
        ({"temperature": 0.5}, LOGITS[0] * 2),
        ({"top_k": 2}, torch.tensor([2, 1, -torch.inf, -torch.inf])),
        ({"top_k": 9}, LOGITS[0]),
        ({"top_p": 0.7}, torch.tensor([2, 1, -torch.inf, -torch.inf])),  # 0.64 is not enough, 0.64 + 0.24 is
        ({"top_p": 0.6}, torch.tensor([2, -torch.inf, -torch.inf, -torch.inf])),
        ({"temperature": 0}, torch.tensor([2, -torch.inf, -torch.inf, -torch.inf])),
    ],
    ids=str,
)
def test_symbols_are_drawn_as_often_as_they_are_likely(settings, expected, rows, seeded):
    found = shares(sampler([seeded(row) for row in range(rows)], **settings), rows)
    assert found.tolist() == pytest.approx(torch.softmax(expected, 0).tolist(), abs=0.015)
    assert found[torch.isinf(expected)].sum() == 0


@pytest.mark.parametrize("temperature", [1e-30, 1e-5, 1e30])
def test_extreme_temperatures_draw_something(temperature, seeded):
    for rows in (1, 3):
        assert sampler([seeded()] * rows, temperature)(LOGITS.expand(rows, -1) * 100).max() < 4


def test_a_stream_equals_reading_all_of_it_again(network):
    prompt = torch.tensor([[0, 1, 2], [3, 3, 1]])
    written = torch.stack(list(itertools.islice(stream(network, prompt), 12)), 1)
    with torch.no_grad():
        logits, _ = network(torch.cat([prompt, written], 1))
    assert torch.equal(greedy(logits[:, 2:-1].flatten(0, 1)).view(2, 12), written)


def test_a_beam_as_wide_as_all_texts_finds_the_likeliest(network):
    prompt, steps = torch.tensor([[2, 0]]), 4
    every = torch.tensor(list(itertools.product(range(4), repeat=steps)))
    with torch.no_grad():
        chances = network(torch.cat([prompt.expand(len(every), -1), every], 1))[0][:, 1:-1].log_softmax(2)
    nats = chances.gather(2, every.unsqueeze(2)).sum((1, 2))
    texts, found = beam(network, prompt, steps, 4**steps)
    assert torch.equal(texts[0], every[nats.argmax()])
    assert torch.allclose(found, nats.sort(descending=True).values)
    assert torch.equal(
        beam(network, prompt, steps, 1)[0][0], torch.cat(list(itertools.islice(stream(network, prompt), steps)))
    )
    assert beam(network, prompt, steps, 3)[1][0] <= nats.max() + 1e-9

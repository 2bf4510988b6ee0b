"""What is said of a long measurement, by a clock of our own."""

from rnnlab.inspection.progress import Progress


def test_the_time_left_is_that_of_the_costs_left_and_not_every_part_is_said():
    now, lines = [100.0], []
    progress = Progress(10.0, lines.append, lambda: now[0])
    for what, cost, seconds in (("one", 1, 3), ("two", 1, 7), ("three", 6, 60), ("four", 2, 20)):
        progress.begin(what, cost)
        now[0] += seconds
    assert lines == ["study: 20%, now three, about 40 s left", "study: 80%, now four, about 18 s left"]


def test_parts_that_cost_more_than_was_thought_leave_no_time_below_zero():
    now, lines = [0.0], []
    progress = Progress(1.0, lines.append, lambda: now[0])
    progress.begin("one", 2)
    now[0] = 10.0
    progress.begin("two", 1)
    assert lines == ["study: 200%, now two, about 0 s left"]

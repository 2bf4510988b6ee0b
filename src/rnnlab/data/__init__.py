"""From a task to batches: how examples are drawn, split, ordered and loaded."""

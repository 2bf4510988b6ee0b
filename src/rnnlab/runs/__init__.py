"""What is on disk of a run: its directory and record, its checkpoints, and what a received one must pass."""

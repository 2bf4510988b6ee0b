"""What a trained network has learnt: what its state holds, which of it is used, and how it moves."""

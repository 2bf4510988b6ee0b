"""That a trained network is right on inputs of every length: the search for a proof, and its check."""

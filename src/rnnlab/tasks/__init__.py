"""Tasks make examples. They know torch and nothing else: no Lightning, no Hydra, no config objects."""

"""From overrides to a config, and from a config to objects."""

"""A trained network at work: loaded, asked, scored, and written for use elsewhere."""

"""What watches a training: one callback a file, named in conf/callbacks."""

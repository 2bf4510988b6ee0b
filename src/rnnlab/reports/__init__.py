"""Many runs, one answer: reading the folders of runs, comparing them over seeds, and showing that to a person."""

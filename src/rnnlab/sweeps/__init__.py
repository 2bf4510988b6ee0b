"""Many runs: the jobs of a grid or of a search, run on this machine or on others."""

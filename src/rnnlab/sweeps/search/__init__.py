"""Searches: the jobs of a sweep chosen from a space, trial after trial, towards a better objective."""

"""rnnlab: experiments with recurrent networks."""

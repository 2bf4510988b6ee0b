"""What Python gets of rnnlab: the same doing as the commands, without their printing. `rnnlab` hands it on."""

"""What there is to see inside a network while it trains: for each tab of TensorBoard a file."""

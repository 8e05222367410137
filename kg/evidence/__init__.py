"""What follows from the printed numbers: statistics computed from them."""

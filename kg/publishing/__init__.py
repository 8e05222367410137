"""What leaves the house: dumps of the graph and folders written whole or not at all."""

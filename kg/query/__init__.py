"""The catalogue of queries, their parameters, and their results."""

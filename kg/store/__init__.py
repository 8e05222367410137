"""Stores of quads behind one small protocol; see ``kg.store.protocol``."""

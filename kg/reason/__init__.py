"""Closure, rules and consistency."""

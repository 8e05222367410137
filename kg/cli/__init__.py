"""The command ``kg``: one module for each verb, which parses arguments, calls a function and prints.

The package gives no names of its own: modules are imported one by one, so that a command loads only what it runs.
"""

__all__ = ()

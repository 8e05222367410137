"""The command ``kg``: one module a verb; it parses, calls and prints."""

"""The entry point of ``kg`` and of ``python -m kg``."""

from __future__ import annotations


def main() -> None:
    """Run the command. Exit codes: 0 fine, 1 findings, 2 could not run."""
    from kg.cli.main import main as run

    run()


if __name__ == "__main__":
    main()

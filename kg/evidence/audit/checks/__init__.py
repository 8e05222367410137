"""The checks of an audit, by what they look at.

Tables of numbers: ``ranges``, ``shares``, ``sums``, ``rounding``, ``samples``, ``significance`` and ``repeats``. What a
graph says besides: ``things`` (names and dates), ``references`` and ``claims``. Running text: ``text`` and ``citations``.
Each check is a function that yields findings; ``kg.evidence.audit.run`` lists them all.
"""

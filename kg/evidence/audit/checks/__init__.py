"""The checks of an audit, by what they look at.

Tables of numbers: ``figures``, ``shares``, ``sums``, ``samples``, ``significance`` and ``repeats``. What a graph says
besides: ``things`` (names, dates, scales) and ``claims`` (conclusions and citations). Running text: ``text`` and
``citations``. Each check is a function that yields findings; ``kg.evidence.audit.run`` lists them all.
"""

"""What Virtuoso 7 does otherwise than SPARQL 1.1 asks, and how it is brought to answer right all the same.

``rewriting`` puts queries into forms that it answers right, ``answers`` reads what it leaves out or rounds, ``writing``
knows its addresses and its bulk loader. Each case was traced by asking the server, and stands in tests/store/virtuoso.
"""

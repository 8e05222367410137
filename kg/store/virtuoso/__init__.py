"""Workarounds for Virtuoso 7, which departs from SPARQL 1.1 in several places.

``rewriting`` puts queries into forms that it answers right, ``sender`` sends them and reads its JSON, ``answers`` makes
answers whole and exact, and ``bulk`` runs its own bulk loader. Each case was found by asking the server, and stands in
tests/store/virtuoso. Nothing is added here for other versions.
"""

"""The twelve questions, each a form that users of an innovation network ask."""

from __future__ import annotations

from typing import Final

BASE: Final = "https://example.org/network/"
PREFIXES: Final = f"PREFIX : <{BASE}>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"

QUERIES: Final = {
    "look-up": "SELECT ?label { <@firm/12> rdfs:label ?label }",
    "specialists by stage": (
        "SELECT ?who ?stage (COUNT(?o) AS ?n) { ?o :specialist ?who . ?o :stage ?stage } GROUP BY ?who ?stage"
    ),
    "practice × stage": """SELECT ?practice ?stage (SUM(?value) AS ?sum) {
  ?o :practice ?practice . ?o :stage ?stage . ?o :value ?value
} GROUP BY ?practice ?stage""",
    "factor + stage + specialist": """SELECT ?o ?firm {
  ?o a :Observation . ?o :stage <@stage/commercialization> . ?o :factor <@factor/3> .
  ?o :specialist <@specialist/5> . ?o :about ?firm
}""",
    "two hops of alliances": """SELECT DISTINCT ?third {
  ?a :partner <@firm/12> . ?a :partner ?other . ?b :partner ?other . ?b :partner ?third
}""",
    "path through gatekeepers": "SELECT ?who ?firm { <@gatekeeper/3> :knows+ ?who . ?who :memberOf ?firm }",
    "negation": """SELECT ?firm {
  ?firm :sector <@sector/7> FILTER NOT EXISTS { ?alliance :partner ?firm . ?alliance :status "active" }
}""",
    "OPTIONAL": """SELECT ?firm ?alliance ?date ?patent {
  ?firm :locatedIn <@place/3>
  OPTIONAL { ?alliance :partner ?firm . ?alliance :announced ?date } OPTIONAL { ?patent :applicant ?firm }
}""",
    "top-k": """SELECT ?firm ?employees ?label {
  ?firm a :Firm . ?firm :employees ?employees . ?firm rdfs:label ?label
} ORDER BY DESC(?employees) ?firm LIMIT 10""",
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "text": 'SELECT ?firm { ?firm a :Firm . ?firm rdfs:label ?label FILTER(CONTAINS(STR(?label), "Works 777")) }',
    "cube slice": """SELECT ?o ?value {
  ?o :practice ?practice . ?o :stage <@stage/commercialization> . ?o :value ?value
  FILTER(?practice IN (<@practice/3>, <@practice/4>))
}""",
}


def text_of(name: str) -> str:
    """Return the SPARQL text of a question."""
    return PREFIXES + QUERIES[name].replace("@", BASE)

// The SPARQL query whose answer is what the page shows: one row per connection, or per claim.

const SKOS_BROADER = "skos:broader";
const CLASS_NAMES = { paper: "kg:Paper", system: "kg:System", technique: "kg:Technique", hardware: "kg:Hardware",
  dataset: "kg:Dataset", task: "kg:Task", edition: "kg:VenueEdition" };

/** The IRI of a paper that arXiv has numbered by year and month. */
const ARXIV = "^.*/arxiv-([A-Za-z.-]+-)?([0-9][0-9])(0[1-9]|1[0-2])([0-9]{3}|[.][0-9]{4,5})$";

function iriTerm(iri) {
  return `<${iri.replace(/[\u0000-\u0020<>"{}|\\^`]/g, encodeURIComponent)}>`;
}

function roleTerm(key) {
  return key === "broader" ? SKOS_BROADER : `kg:${key.replace(/[^A-Za-z0-9]/g, "")}`;
}

function sparql() {
  const prefixes = Object.entries(model.prefixes).map(([name, iri]) => `PREFIX ${name}: <${iri}>\n`).join("");
  const body = state.view === "claims" ? claimsQuery() : state.edge || state.goal || state.grown.length || state.depth > 1
    ? listedQuery() : patternQuery();
  return `${prefixes}\n${body}`;
}

const HEAD = "SELECT ?subject ?subjectLabel ?role ?object ?objectLabel ?confidence (SAMPLE(?exact) AS ?quote) WHERE {";
const TAIL = `  ?subject rdfs:label ?subjectLabel .
  ?object rdfs:label ?objectLabel .
}
GROUP BY ?subject ?subjectLabel ?role ?object ?objectLabel ?confidence
ORDER BY DESC(?confidence) ?subject ?role ?object
`;

/** Each lit connection by name: for pictures that were put together by hand. */
function listedQuery() {
  const rows = chosenEdges().map(model.edge).map((e) => `    (${iriTerm(e.from.iri)} ${roleTerm(e.relation.key)} ${iriTerm(e.to.iri)})`);
  return `${HEAD}
  VALUES (?subject ?role ?object) {
${rows.join("\n")}
  }
  ?subject ?role ?object .
  OPTIONAL {
    ?statement rdf:subject ?subject ; rdf:predicate ?role ; rdf:object ?object ;
      kg:confidence ?confidence ; kg:evidence/kg:exact ?exact .
  }
${TAIL}`;
}

/** All connections of the selected node, or of the graph, that pass the filters. */
function patternQuery() {
  const { node } = state;
  const term = node && iriTerm(node.iri);
  const only = !node ? "" : `    VALUES ?${node.kind === "paper" ? "subject" : "object"} { ${term} }\n`;
  const statements = `  {
${only}    ?statement a kg:Statement ; rdf:subject ?subject ; rdf:predicate ?role ; rdf:object ?object ;
      kg:confidence ?confidence ; kg:evidence/kg:exact ?exact .
  }`;
  // What the vocabulary says has no statement behind it, and no paper: a filter by venue leaves it out, a filter by years leaves
  // what stands between entities of papers of these years.
  const about = (end) => `
    { SELECT DISTINCT ${end} {
      { SELECT ?by {
        ?by a kg:Paper .
${ofYears("?by").map((line) => `        ${line}\n`).join("")}      } }
      ?by kg:mentions ${end} .
    } }`;
  const vocabulary = state.relationsOff.has("broader") || state.venue || ["paper", "edition"].includes(node?.kind) ? "" : ` UNION {
    BIND(${SKOS_BROADER} AS ?role)
    ?subject ?role ?object .
    FILTER NOT EXISTS { ?subject a kg:Metric }${node ? `\n    FILTER(?subject = ${term} || ?object = ${term})` : ""}${timed() ? about("?subject") + about("?object") : ""}
  }`;
  return `${HEAD}\n${statements}${vocabulary}\n${conditions("?subject", "?object")}${TAIL}`;
}

/** The filter of years as patterns, as data.py tells the year of a paper: by its date, else by its arXiv id, else by its first edition. */
function ofYears(paper) {
  return [`OPTIONAL { ${paper} dct:issued ?issued }`,
    `OPTIONAL { SELECT ${paper} (MIN(?editionYear) AS ?held) WHERE { ${paper} kg:publishedIn/kg:year ?editionYear } GROUP BY ${paper} }`,
    `BIND(IF(REGEX(STR(${paper}), "${ARXIV}"), REPLACE(STR(${paper}), "${ARXIV}", "$2"), ?unknown) AS ?digits)`,
    `BIND(COALESCE(SUBSTR(STR(?issued), 1, 4), CONCAT(IF(?digits > "90", "19", "20"), ?digits), STR(?held)) AS ?paperYear)`,
    `FILTER(COALESCE(?paperYear >= "${state.yearFrom}" && ?paperYear <= "${state.yearTo}", ${state.undated ? "true" : `NOT EXISTS { ${paper} a kg:Paper }`}))`];
}

/** The filters of the page as patterns; `paper` and `other` are the variables of a connection's ends. */
function conditions(paper, other) {
  const lines = [];
  const kinds = [...state.kindsOff].map((key) => CLASS_NAMES[key]).filter(Boolean);
  for (const [k, end] of [paper, other].entries()) {
    if (end && kinds.length) lines.push(`FILTER NOT EXISTS { VALUES ?class${k} { ${kinds.join(" ")} } ${end} a ?class${k} }`);
  }
  const roles = model.relations.filter((r) => r.count && !state.relationsOff.has(r.key)).map((r) => roleTerm(r.key));
  if (other && state.relationsOff.size) lines.push(`VALUES ?role { ${roles.join(" ")} }`);
  if (state.confidence) lines.push(`FILTER(COALESCE(?confidence, 1) >= ${state.confidence})`);
  if (timed()) lines.push(...ofYears(paper));
  if (state.venue) {
    const venue = iriTerm(model.venues.find((v) => v.key === state.venue).iri);
    lines.push(`FILTER EXISTS { ${paper} kg:publishedIn/kg:editionOf ${venue} }`);
    if (other) lines.push(`FILTER NOT EXISTS { ${other} kg:editionOf ?series FILTER(?series != ${venue}) }`);
  }
  return lines.map((line) => `  ${line}\n`).join("");
}

function claimsQuery() {
  const words = state.words ? "# The words typed above the table are no part of this query.\n" : "";
  return `${words}SELECT ?paper ?claim ?subject ?metric ?value ?minValue ?maxValue ?unit ?factor ?confidence ?quote WHERE {
  ?claim a kg:Claim ; kg:claimedBy ?paper ; kg:confidence ?confidence ; kg:evidence/kg:exact ?quote .
  OPTIONAL { ?claim kg:subject ?subject }
  OPTIONAL { ?claim kg:metricText ?metric }
  OPTIONAL { ?claim kg:value ?value }
  OPTIONAL { ?claim kg:minValue ?minValue }
  OPTIONAL { ?claim kg:maxValue ?maxValue }
  OPTIONAL { ?claim kg:unitText ?unit }
  OPTIONAL { ?claim kg:improvementFactor ?factor }
${conditions("?paper", "")}}
ORDER BY DESC(?factor) ?paper ?claim
`;
}

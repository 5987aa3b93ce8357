"""Graphs as large as asked for, quickly made: topics, power-law popularity, two edges a node, texts of made-up words."""

from __future__ import annotations

import random

from kg.graph import KnowledgeGraph
from kg.model import Author, Claim, Edge, Edition, Entity, Evidence, Facts, Paper, Statement, Venue

SYLLABLES = "ba cor del en fi gra hel in ja ka lo mer nu op pra qui ro sta tem ul va wen xi yo zar tion ing ous".split()
ROLES = {
    "technique": "uses",
    "system": "comparesWith",
    "hardware": "runsOn",
    "dataset": "evaluatesOn",
    "task": "addresses",
}
SHARES = {"technique": 0.5, "system": 0.2, "task": 0.15, "dataset": 0.1, "hardware": 0.05}
TOPIC_NODES = 500


def large_graph(nodes: int, seed: int = 0, edges_per_paper: int = 4) -> KnowledgeGraph:
    """A graph of exactly `nodes` nodes (≥ 100): 45 % papers, 12 venue editions, entities; `edges_per_paper` each, a
    sentence behind every edge, a claim in every tenth paper. One paper and one entity have no edges. The first technique
    of all is a hub that every tenth paper uses."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))) for _ in range(4000)]
    editions = [(f"venue/v{k % 4}", 2015 + k // 4) for k in range(12)]
    papers = nodes * 45 // 100
    topics = max(2, nodes // TOPIC_NODES)
    entities = _entities(nodes - papers - len(editions), topics, words, rng)
    by_topic: list[list[Entity]] = [[] for _ in range(topics)]
    for i, entity in enumerate(entities[:-1]):
        by_topic[i % topics].append(entity)
    waiting = [list(members) for members in by_topic]  # each entity is named at least once
    hub = entities[0]
    facts = []
    for number in range(papers):
        topic = number % topics
        own = by_topic[topic if rng.random() < 0.9 else rng.randrange(topics)]
        chosen: dict[str, Entity] = {}
        wanted = edges_per_paper + (number % 4 == 0)
        while waiting[topic] and len(chosen) < wanted - 1:
            entity = waiting[topic].pop()
            chosen[entity.id] = entity
        while len(chosen) < wanted:
            entity = own[min(int(rng.expovariate(8 / len(own))), len(own) - 1)]
            chosen[entity.id] = entity
        if number % 10 == 0:
            chosen[hub.id] = hub
        edition = editions[number % 12] if number % 9 == 0 or number < 12 else None
        facts.append(_facts(number, {} if number == papers - 1 else chosen, edition, words, rng))
    venues = [Venue(id=f"venue/v{k}", label=f"Venue {k}") for k in range(4)]
    return KnowledgeGraph(facts, entities, venues)


def _entities(count: int, topics: int, words: list[str], rng: random.Random) -> list[Entity]:
    kinds = list(SHARES)
    found = []
    for number in range(count):
        kind = kinds[0] if number < topics else rng.choices(kinds, list(SHARES.values()))[0]
        label = " ".join(rng.choices(words, k=rng.choice((1, 2, 2, 3))))
        aliases = (f"{label} {number}",) if number % 7 == 0 else ()
        found.append(Entity(id=f"{kind}/e{number}", label=label, aliases=aliases))
    return found


def _facts(number: int, chosen: dict[str, Entity], edition: tuple[str, int] | None, words: list[str], rng: random.Random) -> Facts:  # fmt: skip
    paper_id = f"arxiv:{1501 + number % 900:04}.{number:06}"
    pieces: list[str] = []
    places: list[tuple[str, str, int, int, int]] = []  # entity, label, start, sentence start, sentence end
    length = 0
    for entity in chosen.values():
        before = " ".join(rng.choices(words, k=rng.randint(5, 14))).capitalize()
        after = " ".join(rng.choices(words, k=rng.randint(5, 14)))
        sentence = f"{before} {entity.label} {after}."
        places.append((entity.id, entity.label, length + len(before) + 1, length, length + len(sentence)))
        pieces.append(sentence)
        length += len(sentence) + 1
    number_at = length
    pieces.append(f"Runs {number % 37 + 2}x faster.")
    paper = Paper(
        id=paper_id,
        title=" ".join(rng.choices(words, k=rng.randint(5, 11))).capitalize(),
        abstract=" ".join(pieces),
        authors=tuple(Author(" ".join(rng.choices(words, k=2)).title()) for _ in range(rng.randint(1, 5))),
        date=f"{2005 + number % 20}-0{number % 9 + 1}-11",
        comments=f"At {edition[0]} {edition[1]}" if edition else "",
        categories=("cs.DC",),
    )
    edges = []
    for id_, label, start, first, last in places:
        found = Evidence(paper_id, "abstract", start, start + len(label), first, last, label, "sample", 0.9)
        role = ROLES[id_.partition("/")[0]]
        edges.append(Edge(Statement(paper_id, role, id_), round(rng.uniform(0.5, 0.99), 3), (found,)))
    exact = f"{number % 37 + 2}x"
    quote = Evidence(paper_id, "abstract", number_at + 5, number_at + 5 + len(exact), number_at, len(paper.abstract), exact, "sample", 0.9)  # fmt: skip
    claim = Claim(paper=paper_id, evidence=quote, unit="x", value=float(number % 37 + 2), subject=next(iter(chosen), ""),
                  metric_text="speed", improvement_factor=float(number % 37 + 2))  # fmt: skip
    at: tuple[Edition, ...] = ()
    if edition:
        exact = f"{edition[0]} {edition[1]}"
        said = Evidence(paper_id, "comments", 3, 3 + len(exact), 0, len(paper.comments), exact, "accepted", 0.9)
        at = (Edition(edition[0], edition[1], "", 0.9, said),)
    return Facts(paper=paper, edges=tuple(edges), claims=(claim,) if number % 10 == 0 else (), editions=at)

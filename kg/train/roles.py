"""Examples of roles and of sure links, from the labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.evaluate.gold import norm
from kg.linking import claims, confidence, linear, roles, terms
from kg.linking.claims.verdict import NumberSentence
from kg.linking.discover import Introduction
from kg.linking.linker import Linker, Seen
from kg.linking.resolving import MAX_PLACES, Found
from kg.linking.text import Spot, View
from kg.model import Extraction, Link, Paper
from kg.train.fit import Example

#: Role of the labels -> role of the graph.
ROLE = {
    "extends": "extends",
    "compares": "comparesWith",
    "evaluates": "evaluatesOn",
    "runs": "runsOn",
    "addresses": "addresses",
    "uses": "uses",
    "mentions": "mentions",
}
CLASSES = tuple(ROLE.values())

OPTIONAL = 0.6  # weight of a link that is not `must`
RARE = {"extends": 2.5}  # weight of roles that are missed too often
TAUGHT = 3.0  # weight of an example made from a sentence pattern


class Teacher(Linker):
    """A linker that keeps what it read of the last paper."""

    views: Mapping[str, View]
    found: Mapping[str, Sequence[Found]]
    introduced: Mapping[str, Introduction]
    standings: dict[str, confidence.Standing]

    def finds_terms_by(self, weights: Mapping[str, Mapping[str, int]]) -> None:
        """Find unlisted terms by other weights than the shipped ones."""
        self._terms = self.term_reader(weights)

    def extract(self, paper: Paper) -> Extraction:
        self.standings = {}
        return super().extract(paper)

    def links(
        self,
        views: Mapping[str, View],
        found: Mapping[str, Sequence[Found]],
        introduced: Mapping[str, Introduction],
        company: confidence.Company = confidence.ALONE,
    ) -> list[Link]:
        self.views, self.found, self.introduced = views, found, introduced
        return super().links(views, found, introduced, company)

    def _sure(
        self, entity: str, mentions: Sequence[Seen], reading: roles.Reading, company: confidence.Company
    ) -> list[Link]:
        self.standings[entity] = self.standing(entity, mentions, reading.role, company)
        return super()._sure(entity, mentions, reading, company)

    def places(self) -> dict[str, list[roles.Place]]:
        """Where the entities of the last paper that it does not introduce stand."""
        seen = self.read_passages(self.views, self.found, self.introduced)
        return {e: [m.place for m in found] for e, found in seen.items() if e not in self.introduced}

    def results(self) -> Iterator[claims.ResultSentence]:
        """The sentences of the last paper that state results."""
        for field, view in self.views.items():
            main = next(iter(self.introduced), "")
            yield from claims.results(view, "", field, self._spots(field), main, self.vocabulary.metrics)

    def number_sentences(self) -> Iterator[NumberSentence]:
        """The sentences of the last paper that have numbers."""
        for field, view in self.views.items():
            yield from claims.number_sentences(view, field, self._spots(field), next(iter(self.introduced), ""))

    def _spots(self, field: str) -> list[Spot]:
        return [f.spot for f in self.found[field]]

    def forms(self, entity: str, extraction: Extraction) -> set[str]:
        """All names of an entity, comparable."""
        if entity in self.vocabulary:
            known = self.vocabulary.entity(entity)
            return {norm(n) for n in (known.label, *known.aliases)}
        return {norm(n) for d in extraction.discoveries if d.id == entity for n in (d.label, *d.aliases)}

    def at(self, link: Mapping[str, Any]) -> str | None:
        """The entity whose mention stands exactly where a label does."""
        view = self.views[link["field"]]
        span = link["start"], link["end"]
        return next(
            (f.spot.entity for f in self.found[link["field"]] if view.span(f.spot.start, f.spot.end) == span), None
        )

    def named(self, kind: str, label: str) -> tuple[str, frozenset[str]]:
        """The vocabulary's entity that a label names, with its ancestors; a nameless one of the class if none."""
        for name in label.split("|"):
            for variant in self.vocabulary.matcher.readings(name):
                return f"{kind}/{variant.entity.partition('/')[2]}", self.vocabulary.ancestors(variant.entity)
        return f"{kind}/", frozenset()


def examples(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """Features of every labelled link whose paper is in `papers` (by arXiv id). A link that the linker does not find
    is sought by its names."""
    recorder = linear.Recorder()
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        extraction = teacher.extract(paper)
        places = teacher.places()
        forms = {entity: teacher.forms(entity, extraction) for entity in sorted(places)}
        for link in record["links"]:
            if link["role"] not in ROLE:
                continue
            wanted = {norm(name) for name in link["label"].split("|")}
            entity = teacher.at(link) if "partial" in record else None
            if entity not in places:
                entity = next((e for e, names in forms.items() if names & wanted), None)
            if entity is not None:
                stands, lineage = places[entity], teacher.vocabulary.ancestors(entity)
            else:
                if any(teacher.forms(e, extraction) & wanted for e in teacher.introduced):
                    continue
                entity, lineage = teacher.named(link["type"], link["label"])
                stands = _sought(teacher, entity, link)
            if stands:
                found = roles.features(recorder, entity, lineage, stands[:MAX_PLACES])
                role = ROLE[link["role"]]
                yield Example(record["id"], found, role, (1.0 if link["must"] else OPTIONAL) * RARE.get(role, 1.0))


def _sought(teacher: Teacher, entity: str, link: Mapping[str, Any]) -> list[roles.Place]:
    """Where the names of a label stand, if the linker did not find them."""
    found: dict[str, list[Found]] = {}
    for field, view in teacher.views.items():
        names = {*link["label"].split("|")}
        if field == link["field"]:
            names.add(view.raw[link["start"] : link["end"]])
        spans: list[tuple[int, int]] = []
        for name in sorted({View(n).plain.strip().lower() for n in names}, key=lambda n: (-len(n), n)):
            for m in (
                re.finditer(r"(?<!\w)" + re.escape(name) + r"(?:s|es)?(?!\w)", view.lower) if len(name) > 1 else ()
            ):
                if not any(low < m.end() and m.start() < high for low, high in spans):
                    spans.append(m.span())
        apart = [
            f for f in teacher.found[field] if all(f.spot.end <= low or high <= f.spot.start for low, high in spans)
        ]
        apart += [Found(Spot(low, high, f"{entity}?"), ()) for low, high in spans]
        found[field] = sorted(apart, key=lambda f: f.spot.start)
    seen = teacher.read_passages(teacher.views, found, teacher.introduced)
    return [m.place for m in seen.get(f"{entity}?", ())]


def taught(path: Path) -> Iterator[Example]:
    """Examples from sentence patterns: what every reader of the guide knows and the labels hold too seldom.

    {X} is the entity, {Y} and {Z} are others of its kind, {S} is a system. A pattern is seen in the middle and at the end of an abstract.
    """
    recorder = linear.Recorder()
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        role, kind, pattern = line.split("\t")
        own = kind if kind != "language" else "system"
        lineage = ("system/programming-language",) if kind == "language" else ()
        text = pattern.lower().replace("{", "").replace("}", "")
        marks = [
            roles.Mark(*m.span(), f"{'system' if m[0] == 's' else own}/{m[0]}", False)
            for m in re.finditer(r"\b[sxyz]\b", text)
        ]
        index = next(i for i, m in enumerate(marks) if m.entity.endswith("/x"))
        zone = "S" if roles.turn(text) >= 0 else "A"
        for where in ("b", "c"):
            passage = roles.passage(text, 0, len(text), marks, field="abstract", where=where, zone=zone)
            found = roles.features(recorder, f"{own}/", lineage, [roles.Place(passage, passage.at[index])])
            yield Example("taught", found, ROLE[role], TAUGHT)


def judged(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """What the linker finds in every labelled paper, right if a label has one of the entity's names."""
    recorder = linear.Recorder()
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        wanted = {norm(a) for x in (*record["links"], *record["introduces"]) for a in x["label"].split("|")}
        extraction = teacher.extract(paper)
        verdicts = {teacher.at(x): x["verdict"] for x in record["links"]} if "partial" in record else None
        for entity, standing in teacher.standings.items():
            if verdicts is None:
                mined = standing.reading.reason == terms.REASON
                names = {norm(standing.reading.alias)} if mined else teacher.forms(entity, extraction)
                right = bool(names & wanted)
            elif entity in verdicts:
                right = verdicts[entity] in ("must", "may")
            else:
                continue
            found = confidence.features(recorder, entity, teacher.vocabulary.ancestors(entity), standing)
            yield Example(record["id"], found, confidence.CLASSES[right], 1.0)

"""One claim for what a paper says twice, as in its title and its abstract."""

from __future__ import annotations

from collections.abc import Iterable

from kg.model import Claim

_WORDLESS = frozenset("a an the of in on for and higher lower average mean overall total improvement reduction".split())


def distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims of one paper without those that another one says as fully or more, in the order given.

    Two claims say the same if value, unit and metric agree and neither contradicts the other in what else it says.
    """
    kept: list[Claim] = []
    for claim in claims:
        for n, other in enumerate(kept):
            if _agree(claim, other):
                if _told(claim) > _told(other):
                    kept[n] = claim
                break
        else:
            kept.append(claim)
    return tuple(kept)


def _agree(a: Claim, b: Claim) -> bool:
    if (a.value, a.low, a.high, a.unit) != (b.value, b.low, b.high, b.unit) or not _same_metric(a, b):
        return False
    pairs = (
        (a.direction, b.direction),
        (a.comparator.replace("Exactly", ""), b.comparator.replace("Exactly", "")),
        (a.baseline_text.lower(), b.baseline_text.lower()),
        (a.condition_text.lower(), b.condition_text.lower()),
    )
    apart = a.evidence.field != b.evidence.field
    # A title is terse: it may name another side of the same condition or baseline.
    return all(x == y or not (x and y) for x, y in (pairs[:2] if apart else pairs))


def _same_metric(a: Claim, b: Claim) -> bool:
    if a.metric and b.metric:
        return a.metric == b.metric
    first, second = _words(a.metric_text), _words(b.metric_text)
    return not first or not second or bool(first & second)


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in text.lower().split()} - _WORDLESS


def _told(claim: Claim) -> tuple[int, float]:
    """How much a claim says: its filled parts, then its confidence."""
    said = (claim.metric_text, claim.baseline_text, claim.condition_text, claim.hardware, claim.datasets, claim.metric)
    return sum(map(bool, said)) + (claim.comparator != "Exactly"), claim.confidence

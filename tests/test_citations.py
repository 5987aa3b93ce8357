"""Authors that a text cites are no terms."""

from __future__ import annotations

import pytest

from kg.linking.citations import is_cited
from kg.linking.linker import Linker
from kg.model import Paper


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("the bound of Karlin, Mathieu and Nguyen (IPCO 2011) is tight", "Mathieu"),
        ("the bound of Karlin, Mathieu and Nguyen (IPCO 2011) is tight", "Nguyen"),
        ("a question posed by [Bouveret, Endriss, and Lang, 2010]", "Endriss"),
        ("Qwerin et al. show", "Qwerin"),
        ("due to Conitzer (FOCS'06)", "Conitzer"),
        ("by Shi, Chan, Stefanov, and Li (Asiacrypt 2011)", "Chan"),
        ("an open environment (Owens, 2010)", "Owens"),
        ("by Bui-Xuan and Telle (2015)", "Bui-Xuan"),
    ],
)
def test_citations_authors_are_told(text: str, author: str) -> None:
    start = text.index(author)
    assert is_cited(text, start, start + len(author))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("we use Samza and Flink (Section 4)", "Flink"),
        ("evaluated on Heron (version 2.1)", "Heron"),
        ("Bert (Devlin, 2019) is a model", "Bert"),
        ("BERT (2018) and RoBERTa (2019)", "RoBERTa"),
        ("Samza, released in 2014, is a system", "Samza"),
        ("Samza 2014 edition", "Samza"),
    ],
)
def test_citations_names_of_things_are_left(text: str, name: str) -> None:
    start = text.index(name)
    assert not is_cited(text, start, start + len(name))


def test_citations_people_and_places_are_no_terms(linker: Linker) -> None:
    text = (
        "We resolve a conjecture of Karlin, Zqarov and Nguyen (IPCO 2011), following Tarjan and Impagliazzo. "
        "Experiments in Paris use corpora in Urdu, Telugu and Bangla."
    )
    found = {k.mention.surface for k in linker.extract(Paper(id="arxiv:2501.00001", abstract=text)).links if k.entity}
    assert not found & set("Karlin Zqarov Nguyen Tarjan Impagliazzo Paris Urdu Telugu Bangla".split())

"""What all readers share: the record of what was left out, and the one place where a paper's fields are normalised.

White space is ASCII white space; other Unicode is kept as it is, damaged words and LaTeX too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from kg.model import Author, Paper, digest

_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")  # no code points of XML 1.0 or of RDF
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_WHITE = re.compile("[\t\n\v\f\r]")
_RUN = re.compile(" {2,}")

_ARXIV_PREFIX = re.compile(
    r"arxiv:\s?|oai:arxiv\.org:|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/", re.I
)
_ARXIV_NEW = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.(?!0+\b)(\d{4,5})(?:v\d{1,3})?(?:\.pdf)?", re.A)
_ARXIV_OLD = re.compile(
    r"([a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?/((\d\d)(?:0[1-9]|1[0-2])\d{3})(?:v\d{1,3})?(?:\.pdf)?", re.A
)

MAX_DOI = 1000  # code points; no registrant gives longer ones
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9}){0,4}/\S+", re.A)
_NEXT_DOI = re.compile(r"[,;](?=10\.|doi:|https?:)", re.I)

_URL = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?"
    r"(?:[/?#](?:[a-z0-9._~:/?#@!&'()*+,;=%-]|\\[_%#&~-]|\$\\sim\$|\\textasciitilde(?:\{\})?)*)?",
    re.I | re.A,
)
_URL_NEXT = re.compile(r"[,;](?=https?://)", re.I)
_URL_TILDE = re.compile(r"\$\\sim\$|\\textasciitilde(?:\{\})?")
_URL_END = re.compile(r"%(?![0-9A-Fa-f]{2})|(?<=#)[^#]*(#)")  # what an IRI can't hold

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.A)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})", re.A)

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]+(?:-[A-Za-z]+)?)?", re.A)
_BETWEEN_NAMES = re.compile(r",? and |,")
_NAME_SUFFIXES = frozenset(("Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"))
_ID_RANK = {"arxiv": 0, "doi": 1, "abs": 2}


class Skip(msgspec.Struct, frozen=True):
    """Something an input held that did not become a paper. `line` is 1-based, 0 if unknown.

    `harmless` marks what is no record at all, such as the heading of a listing: it is reported, but nothing was lost.
    `kept` marks what did become a paper, though not as it stands; the reason says what is otherwise.
    """

    file: str
    line: int
    reason: str
    excerpt: str
    harmless: bool = False
    kept: bool = False

    @property
    def lost(self) -> bool:
        """Whether a record is missing."""
        return not (self.harmless or self.kept)


def excerpt(text: str) -> str:
    """The first 80 code points of the cleaned text, to find a record by."""
    text = clean(text[:400])
    return text if len(text) <= 80 else text[:79] + "…"


def clean(text: str) -> str:
    """One line: white space runs become one space, ends are stripped; control characters go; code points that XML
    and RDF can't hold (lone surrogates, U+FFFE, U+FFFF) become U+FFFD. Idempotent."""
    line = text.replace("\n", " ").strip(" ")
    if not line.isprintable():  # cheap, and true of nearly every text
        line = _BROKEN.sub("\ufffd", _CONTROL.sub("", _WHITE.sub(" ", line))).strip(" ")
    return _RUN.sub(" ", line) if "  " in line else line


def arxiv_id(text: str) -> str:
    """The bare id ("2006.06762", "hep-th/9608091") of an id, "arXiv:" id or arXiv URL, any version; "" if it has no
    possible form. New-style ids have five digits from 1501 on, four before; old ones end at 0703."""
    text = text.strip()
    if prefix := _ARXIV_PREFIX.match(text):
        text = text[prefix.end() :]
    if new := _ARXIV_NEW.fullmatch(text):
        month = new[1] + new[2]
        return f"{month}.{new[3]}" if month >= "0704" and len(new[3]) == (5 if month >= "1501" else 4) else ""
    if (old := _ARXIV_OLD.fullmatch(text)) and (old[2][:4] >= "9107" or old[2][:4] <= "0703"):
        return f"{old[1]}/{old[2]}"
    return ""


def normal_doi(text: str) -> str:
    """The first DOI in a text, in lower case, without resolver or "doi:"; "" if there is none of at most `MAX_DOI`."""
    found = _DOI.search(text)
    doi = _NEXT_DOI.split(found[0], maxsplit=1)[0].rstrip(".,;").lower() if found else ""
    return doi if len(doi) <= MAX_DOI else ""


def paper_ids(name: str) -> list[str]:
    """The ids that a paper may have that a user calls "2006.06762", "arXiv:2006.06762v2", "https://arxiv.org/abs/…", "10.…",
    "doi:10.…" or "abs:…", the likeliest first."""
    name = name.strip()
    arxiv, doi = arxiv_id(name), normal_doi(name)
    found = [name, f"arxiv:{arxiv}" if arxiv else "", f"doi:{doi}" if doi else ""]
    return [one for one in dict.fromkeys(found) if one]


def find_urls(*texts: str) -> tuple[str, ...]:
    r"""The http(s) URLs of some texts, sorted, unique, LaTeX escapes ("\_") read, sentence punctuation left out."""
    found = set()
    for text in texts:
        if "://" not in text:
            continue
        for match in _URL.finditer(text):
            for url in _URL_NEXT.split(match[0]):
                if "\\" in url:
                    url = _URL_TILDE.sub("~", url).replace("\\", "")
                while end := _URL_END.search(url):
                    url = url[: end.start(1) if end[1] else end.start()]
                found.add(_trimmed(url))
    return tuple(sorted(found))


def _trimmed(url: str) -> str:
    """Without closing punctuation; a closing parenthesis stays if it was opened in the URL. Scheme in lower case."""
    end = len(url)
    unopened = url.count(")") - url.count("(")
    while url[end - 1] in ".,;:!?'~" or (url[end - 1] == ")" and unopened > 0):
        unopened -= url[end - 1] == ")"
        end -= 1
    scheme, _, rest = url[:end].partition(":")
    return f"{scheme.lower()}:{rest}"


def iso_date(text: str) -> str:
    """The day of an ISO or RFC 2822 time stamp as "2020-06-11"; "" if it holds no possible day."""
    if match := _ISO.match(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _RFC.search(text):
        year, month, day = int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
    else:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def author_names(text: str) -> list[str]:
    """The names of "A, B (Somewhere) and C", affiliations left out."""
    text = clean(_outside_parentheses(text) if "(" in text else text)
    names: list[str] = []
    for part in _BETWEEN_NAMES.split(text):
        name = part.strip().removeprefix("and ")
        if name in _NAME_SUFFIXES and names:
            names[-1] += f" {name}"
        elif name:
            names.append(name)
    return names


def _outside_parentheses(text: str) -> str:
    depth = 0
    kept = []
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(depth - 1, 0)
        elif not depth:
            kept.append(char)
    return "".join(kept)


def make_paper(
    source: str,
    line: int,
    skipped: list[Skip],
    *,
    arxiv: str = "",
    title: str = "",
    abstract: str = "",
    comments: str = "",
    journal_ref: str = "",
    doi: str = "",
    authors: Iterable[str] = (),
    date: str = "",
    categories: Sequence[str] = (),
) -> Paper | None:
    """A paper from the raw fields of a record, all normalised here; or `None` and a Skip, if the arXiv id has an
    impossible form or there is no abstract. Subject terms that are no arXiv categories (MSC, ACM) are left out."""
    arxiv = arxiv.strip()
    known = arxiv_id(arxiv) if arxiv else ""
    if arxiv and not known:
        skipped.append(Skip(source, line, f"impossible arXiv id {excerpt(arxiv)!r}", excerpt(title or abstract)))
        return None
    title, abstract = clean(title), clean(abstract)
    if not abstract or abstract.isspace():
        skipped.append(Skip(source, line, "no abstract", excerpt(known or doi or title)))
        return None
    comments = clean(comments) if comments else ""
    doi = normal_doi(clean(doi)) if doi else ""
    if known:
        identity = f"arxiv:{known}"
    elif doi:
        identity = f"doi:{doi}"
    else:
        identity = f"abs:{digest([abstract.lower()])}"
    return Paper(
        id=identity,
        title=title,
        abstract=abstract,
        comments=comments,
        journal_ref=clean(journal_ref) if journal_ref else "",
        doi=doi,
        authors=tuple([Author(name) for name in map(clean, authors) if name[:1].isalpha() or _has_letter(name)]),
        date=iso_date(date) if date else "",
        categories=tuple([c for c in categories if _CATEGORY.fullmatch(c)]),
        urls=find_urls(abstract, comments),
        sources=(source,),
    )


def _has_letter(name: str) -> bool:
    """Whether it can be a name: author lists hold entries like ":" between a collaboration and its members."""
    return any(map(str.isalpha, name))


def merge(a: Paper, b: Paper) -> Paper:
    """One paper from two records of the same work (the caller knows that they are). Commutative, associative,
    idempotent. Of two values the longer stays, of equally long ones the greater; of two dates the earlier; of two ids
    the arXiv id before the DOI before the hash; URLs and sources are united."""
    return Paper(
        id=min(a.id, b.id, key=lambda i: (_ID_RANK.get(i.partition(":")[0], 3), i)),
        title=_longer(a.title, b.title),
        abstract=_longer(a.abstract, b.abstract),
        comments=_longer(a.comments, b.comments),
        journal_ref=_longer(a.journal_ref, b.journal_ref),
        doi=_longer(a.doi, b.doi),
        authors=max(a.authors, b.authors, key=lambda v: (len(v), [(author.name, author.orcid) for author in v])),
        date=min(a.date or b.date, b.date or a.date),
        categories=max(a.categories, b.categories, key=lambda v: (len(v), v)),
        urls=tuple(sorted({*a.urls, *b.urls})),
        sources=tuple(sorted({*a.sources, *b.sources})),
    )


def differ(a: Paper, b: Paper) -> bool:
    """Whether two records of one work say something different of a field that both have, so that `merge` leaves one of it out."""
    return any(x and y and x != y for x, y in ((getattr(a, f), getattr(b, f)) for f in _SINGLE))


_SINGLE = ("title", "abstract", "comments", "journal_ref", "doi", "authors", "date", "categories")


def _longer(a: str, b: str) -> str:
    return max(a, b, key=lambda v: (len(v), v))

"""Where a paper appeared: editions of conferences, workshops and journals, from comments, journal-ref, DOI and abstract.

Three steps for a field: names of series are looked up token by token (`VenueIndex._mentions`), the words around each
say whether the paper *appeared* there (`_Clause`), and numbers beside it give the year. Nothing is minted: a
workshop that the vocabulary does not list gives no edition, and neither does its host.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import VocabularyError
from kg.linking.text import View
from kg.model import Edition, Evidence, Paper

HEADER = ("id", "label", "aliases", "kind", "anchor", "period", "doi_prefix", "url")
KINDS = ("conference", "workshop", "journal")

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STOP = frozenset("a an and at for in of on the to de et proceedings proceeding proc vol section".split())
_ORG = frozenset(
    "international int intl annual ieee acm usenix cvf rsj ifip sigplan sigsoft sigact sigops sigarch sigda sigcomm "
    "sigmobile sigmod sigkdd sigchi sigapp siam eurographics computer society aaai isca spec special interest group "
    "ras sigai sigsac sigmm sigweb rasc biennial joint euromicro ndv tc".split()
) - {"computer", "society", "special", "interest", "group", "siam", "joint"}
#: Words of venue names that authors shorten (after ISO 4), by their stem; a stem stands for all its forms.
_STEMS = {
    form: forms.split()[0]
    for forms in (
        "conference conf conferences|symposium symp symposia|workshop workshops wkshp|transaction trans transactions|"
        "journal j jour journals|international|physical phys physics|review rev reviews|letter lett letters|"
        "communication commun comm communications|computer comput comp computers computing computation computational|"
        "system syst systems|science sci sciences scientific|mathematical math mathematics|technology technol tech|"
        "information inf inform|process proc processing|engineering eng engng|software softw|program programming prog|"
        "language lang languages|distributed distrib|application appl applied applications app|theory theor theoretical|"
        "theoretic theoret|network netw net networks networking|method meth methods|research res|intelligence intell|"
        "artificial artif|learning learn|machine mach machines|knowledge knowl|database databases|automation autom|"
        "automatic automat automated|control contr|robotics robot robotic robots|wireless wirel|mobile mob|electron electronic electronics|"
        "annals ann|advances adv advanced|bulletin bull|american amer am|society soc|statistics stat statist statistical|"
        "mechanics mech|quantum quant|nuclear nucl|astronomical astron astronomy|astrophysical astrophys astrophysics|"
        "monthly mon|notices not|royal roy r|general gen|european eur|experimental exp experiment|discrete discr|"
        "combinatorics comb combin combinatorial|geometry geom geometric|logic log logical|symbolic symb|structures struct|"
        "circuits circuit|neural|pattern|recognition recognit recogn|analysis anal|image|vision vis visual|graphics graph graphical|"
        "medical med medicine|biomedical biomed|biology biol|chemical chem chemistry|material mater materials|optics opt optical|"
        "instruments instrum instrument instrumentation|management manag|security secur|embedded embed|parallel|"
        "architecture archit architectures|optimization optim|numerical numer|algebra alg algebraic algebr|linear lin|"
        "probability probab prob|magazine mag|selected sel|topics top|areas|signal|vehicular veh|sensor sens sensors|"
        "simulation simul|modeling modelling model models modell|design des|integrated integr|foundations found|progress prog|"
        "practice pract|concurrency concurr|future|generation gener|national natl|academy acad|philosophical phil philos|"
        "supplement suppl|condensed condens|matter|dynamics dyn dynamical|functional funct|generalized|automata|informatics inform|"
        "bioinformatics bioinform|operations oper operation|evolutionary evol|interactive interact interaction|multimedia|"
        "principles principle|cryptographic cryptogr|cryptology cryptol|acoustics acoust|endowment endow|space|neuroscience neurosci"
    ).split("|")
    for form in forms.split()
}
_HEADS = frozenset(
    "conference symposium workshop transaction journal proceedings letter review annals bulletin colloquium meeting "
    "congress forum magazine notices reports surveys acta".split()
)
#: Acronyms and labels that are also ordinary words, names or units: they need a year or a verb right beside them.
_WORDS = frozenset(
    "fast date host edge cloud cluster middleware networking performance fire time sat fun spin post raid group "
    "coordination assets models interact cases words ice live hart array soap mars rule express sos random approx "
    "micro pact case fusion most works raw from area heart nice epic vis mass latin lattice declare linearity works "
    "unsure onward oakland iros places chase arcs odyssey gram graphite grades infinity impex scheme allerton oscar "
    "crest dice spire wine trec robust synt prima memocode maps latte barc info james spark racing most smart drone "
    "presence constraints quantum chaos entropy sensors integration nature science icarus optica bernoulli soco "
    "picture graphical xsede fire soft hotos cassting limits loco humanoids automata digra ease mobility moss".split()
) - {"iros", "hotos", "humanoids"}

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER = {word: n for n, word in enumerate(_ORDINALS, 1)} | {t[:-1] + "ieth": 10 * n for n, t in enumerate(_TENS, 2)}
_ORDINAL = re.compile(
    r"(?:\b(\d{1,3})\s?-?\s?(?:st|nd|rd|th)|\b(?:(" + "|".join(_TENS) + r")[- ]?)?(" + "|".join(_NUMBER) + r"))"
    r"[\s,]{1,3}(?:(?:\d{4}|[A-Z][A-Za-z]*|ed\.|edition|of|the|annual|international)[\s/,-]{1,2}){0,6}$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.:/])(?:19[5-9]\d|20[0-4]\d)(?!\d|\.\d|:\d)")
_YEAR_BESIDE = re.compile(
    r"[\s,()\[/_:-]{0,3}(?:[Cc]onference[\s,]{1,2})?['`]?(19[5-9]\d|20[0-4]\d)(?!\d|\.\d|-\d\d)\b"
)
_YEAR_SHORT = re.compile(
    r"(?:[\s-]?'|[\s-]{0,1})((?:[89]|[0-4])\d)\b(?!\s*(?:pages?\b|pp\b|p\.|page|figures?|figs?\b|tables?|th\b|%|[.:]\d|-\d|workshops?\s+papers\b))"
)
_YEAR_BEFORE = re.compile(
    r"(?<![\d.:/])(19[5-9]\d|20[0-4]\d)[\s,]{1,2}(?:(?:[A-Za-z]+|\d{1,3}(?:st|nd|rd|th))[\s/,-]{1,2}){0,5}$"
)
_VOLUME = re.compile(
    r"(?:[\s,.:;()\d/-]|\b(?:vol|volume|no|num|number|issue|iss|pp?|pages?|art|article|id|from|to|special|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october|november|december)\b){0,60}?"
    r"(?<![\d-])((?:19[5-9]|20[0-4])\d)\b(?!-\d)",
    re.IGNORECASE,
)
_PAREN_YEAR = re.compile(r"\((?:[A-Za-z. ]{0,12})(19[0-9]\d|20[0-4]\d)\)")
_DOI_YEAR = re.compile(r"(?:(?<=[a-z])(?:\d{4,6})?([./-])|(/))((?:19|20)\d\d)(?=[./-])")
_DOI_SHORT = re.compile(r"(?<=/)(?:(\d\d)(?=-[a-z])|([a-z])(\d\d)(?=-))|(?<=/v1/)([a-z])(\d\d)(?=-)")

# Words that say the paper appeared at what follows; `neg` wins over words of little weight in the same clause.
_TRIGGER = re.compile(
    r"(?P<neg>\b(?:submi(?:t|ts|t?ted|t?ting|ssions?)\b(?!\s+(?:to|on)\s+(?:the\s+)?arxiv)"
    r"(?:[\s\w,-]{0,40}?\b(?:publication|presentation|(?:be|been)\s+(?:published|presented|considered)|consideration|review))?"
    r"|(?:(?:under|in|for)\s+(?:\w+\s+)?(?:peer[- ])?review|under\s+consideration|considered)(?:[\s\w]{0,20}?\bpublication)?"
    r"|reject(?:ed|ion)|format(?!\s*,)|formatted|template|style|thesis|dissertation|technical\s+report|proposals?|reviewers?"
    r"|in\s+preparation|pending|code\s+for|prepared\s+for|planned|intended|not\s+(?:yet\s+)?(?:been\s+)?(?:accepted|published|presented|included|part)"
    r"|withdrawn|reply\s+to|comments?\s+on|ranked|winner|winning|(?:1st|2nd|3rd|first|second|third)\s+(?:place|prize)|data\s?sets?(?!\s*:)|benchmarks?|challenge|competition|tutorial|lecture\s+notes\s+for|reviews?\s+(?:of|from)|supersedes)\b)"
    r"|(?P<pos>\b(?:accepted|accept|acceptance|appear|appears|appeared|appearing|published|publishes|presented|presenting|in\s+press|camera[- ]ready|to\s+be\s+(?:published|presented))\b)"
    r"|(?P<weak>\b(?:publication|publishing|presentation|proceedings|proc|oral|poster|spotlight|version|extension|extends|extended|paper|article|press|preprint|manuscript|at|in|by|from|abstract|talk|award|supplement\w*|appendix|invited|conference|journal)\b)",
    re.IGNORECASE,
)
_WORKSHOP = re.compile(r"\b[Ww](?:orkshops?|ORKSHOPS?|KSHP|kshp)\b")
_WORKSHOP_NEXT = re.compile(
    r"[^.;]{0,12};(?:(?!\bat\b|presented|accepted)[^.;]){0,60}\bworkshop\b", re.IGNORECASE
)  # "ICCV 2025; OpenSUN3D Workshop"
_NO_WORKSHOP = re.compile(r"workshop\s*(?:and|&|\+)\s*conference\s+proc|W&CP", re.IGNORECASE)
_AFTER_NEGATIVE = re.compile(
    r"[\s,:;()'\d-]{0,12}(?:\w+\s+){0,2}?\(?(?:submission|submitted|under\s+review|in\s+submission|in\s+review|rejected|format|template|style|challenges?|competitions?|benchmark|"
    r"data\s?set|tutorial|shared\s+task|reviewers?|deadline|call\s+for|PhD\s+forum|doctoral|summit)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"[\s)'-]{1,3}(?:final\s+)?(?:conference\s+)?(?:camera|papers?\b|version|oral|spotlight|poster|proceedings|full\s+paper|main)",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:,|\band|\balso|\.|\()\s*(?:also\s+|was\s+|to\s+)*$")  # before a verb that opens another clause
_AND_AS = re.compile(r"\band\s+(?:also\s+)?(?:as|at|in)\s")
_HEADED = re.compile(
    r"conf|symp|work|trans|journal|j\.|lett|rev|proc|annals|meeting|advances|\b[A-Z]{3}", re.IGNORECASE
)
_HOSTED = re.compile(
    r"(?:co-?\s?located|collocated|conjunction|affiliated|satellite|associated|held|alongside|jointly)[\s\w,-]{0,30}$"
    r"|\b(?!accepted|presented|published|appear|poster|paper|oral)\w+\)?\s?@\s?$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"\s*(?:(?:,?\s+and|\s&|\s+for|\s+of|\s+on)\s+(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|IEEE|ACM|USENIX|the\b|RA-?L|The\b|Automation\s+Letters)[A-Z]|\s(?:Theory|Applications?|Technolog|Engineering|Research|Systems|Methods|"
    r"Techniques|Education|Challenges|Tools|Companion\b(?=\s+of)))"
)
_NAME_GOES_ON = re.compile(
    r" (?!Vol|Special|Issue|Spring|Elsev|Wiley|Letters\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Project|Code|No\b)[A-Z][a-z]+"
)
_ADDRESS = re.compile(r"\.[a-z]{2}|[_@]")
_REGION = re.compile(r"(?:^|[\s(])(?P<word>[A-Z][a-z]+(?:-[A-Z][a-z]+)?)\s+$")
_JOURNAL_EDGE = re.compile(
    r"\s*(?:$|[.,;:()\[\]]|\d|journal\b|vol|special|\(|in\b|on\b|with\b|as\b|and\s+available|http|doi|-\s)",
    re.IGNORECASE,
)
_FILL = re.compile(
    r"(?:[\s,:()\"'-]|\b(?:at|to|in|by|for|the|of|be|an?|and|as|with|from|full|short|long|regular|main|poster|oral|spotlight|paper|papers|article|publication|presentation|press|proceedings|proc\.?|journal|conference|elsevier|springer|wiley|ieee|acm|special|issue|edition|annual|international|track|research|technical|\d+(?:st|nd|rd|th)))*$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"[\s,;.(]*(?:in:?\s+|proc(?:eedings|\.)?\s+(?:of\s+)?(?:the\s+)?|the\s+|published\s+in:?\s+)*$", re.IGNORECASE
)
_ABSTRACT = re.compile(
    r"\b(?:this|the\s+present|our)\s+(?:paper|work|article|manuscript|report)\s+(?:has\s+been\s+|was\s+|is\s+|will\s+be\s+)?(?:accepted|published|appeared|appears|presented|to\s+appear|will\s+appear)\s+(?:for\s+\w+\s+)?(?:at|in|by|to)\b"
    r"|\b(?:preliminary|earlier|short|shorter|conference|extended|full|journal|abridged)\s+(?:\w+\s+)?(?:version|abstract)\s+(?:of\s+(?:this|the|our)\s+\w+\s+)?(?:has\s+|was\s+|is\s+|will\s+|to\s+)?(?:been\s+|be\s+)?(?:accepted|published|appeared|appears|appear|presented)\s+(?:\w+\s+)?(?:at|in|by|to)\b",
    re.IGNORECASE,
)


MAX_READ = 4000  # code points of comments and journal-ref that are read; real ones are far shorter
MAX_MENTIONS = 40  # names of venues in one field
MAX_STATEMENTS = 8  # "this paper appeared at …" in one abstract
_VERB = re.compile(r"(?:appear(?:s|ed)?|accepted|published|presented) (?:\w+ )?(?:at|in|by|to) ")


class Series(NamedTuple):
    """One row of the vocabulary: a series of conferences or workshops, or a journal.

    `anchor` is (ordinal, year) of one edition, (0, 0) if unknown; `period` is the number of years between editions.
    A DOI prefix may hold `YYYY` or `YY` where the DOI has the year.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    kind: str
    anchor: tuple[int, int] = (0, 0)
    period: int = 1
    doi_prefix: tuple[str, ...] = ()
    url: str = ""

    def year_of(self, ordinal: int) -> int:
        """The year of the n-th edition by the anchor, or 0 if there is none or it is not a sensible year."""
        number, year = self.anchor
        found = year + (ordinal - number) * self.period if number and ordinal else 0
        return found if 1950 <= found <= 2049 else 0


def read_venues(path: Path) -> tuple[Series, ...]:
    """Read a venue vocabulary, in file order.

    Raises `VocabularyError` with file and line if a row breaks the form: wrong header or number of columns, a bad or
    repeated id, an unknown kind, an anchor that is not N=YEAR, or a name that another row has too.
    """
    out: list[Series] = []
    owners: dict[str, str] = {}
    ids: set[str] = set()

    def bad(line: int, what: str) -> VocabularyError:
        return VocabularyError(f"{path}:{line}: {what}")

    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader, ())) != HEADER:
            raise bad(1, f"the header must be {','.join(HEADER)}")
        for row in reader:
            line = reader.line_num
            if len(row) != len(HEADER):
                raise bad(line, f"{len(row)} columns, not {len(HEADER)}; quote cells that hold commas")
            slug, label, aliases, kind, anchor, period, prefixes, url = (cell.strip() for cell in row)
            if not _SLUG.fullmatch(slug) or slug in ids:
                raise bad(line, f"id {slug!r} is no slug or stands twice; use a-z, 0-9 and single hyphens, once")
            if not label or kind not in KINDS:
                raise bad(line, f"label {label!r}, kind {kind!r}: give a label and one of {', '.join(KINDS)}")
            m = re.fullmatch(r"([1-9]\d{0,2})=((?:19|20)\d\d)", anchor) if anchor else None
            if (anchor and m is None) or (period and not re.fullmatch(r"[1-9]", period)):
                raise bad(line, f"anchor {anchor!r}, period {period!r}: write N=YEAR, and a period of 1 to 9 years")
            ids.add(slug)
            names = tuple(dict.fromkeys(a.strip() for a in aliases.split("|") if a.strip() and a.strip() != label))
            for name in (label, *names):
                if owners.setdefault(name, slug) != slug:
                    raise bad(line, f"{name!r} already names {owners[name]!r}; keep it in one of the two rows")
            out.append(
                Series(
                    f"venue/{slug}",
                    label,
                    names,
                    kind,
                    (int(m[1]), int(m[2])) if m else (0, 0),
                    int(period or 1),
                    tuple(p.strip() for p in prefixes.split("|") if p.strip()),
                    url,
                )
            )
    return tuple(out)


class _Mention(NamedTuple):
    """A series' name in a view; `strength` is "phrase", "acronym", "weak" or "words"."""

    start: int
    end: int
    series: Series
    strength: str


class _Found(NamedTuple):
    edition: Edition
    beside: bool  # the year stands beside the name (or the name has none): the evidence to prefer
    kind: str


def _stem(token: str) -> str:
    low = token.lower()
    known = _STEMS.get(low)
    if known is not None:
        return known
    return low[:-1] if len(low) > 4 and low.endswith("s") and not low.endswith("ss") else low


def _spaced(text: str) -> str:
    return re.sub(r"[\s/_-]+", " ", text)


class VenueIndex:
    """The names of all series, compiled. Building it costs some milliseconds; it is read-only afterwards."""

    def __init__(self, rows: Iterable[Series]) -> None:
        self._acronyms: dict[str, Any] = {}
        self._phrases: dict[str, Any] = {}
        self._dois: dict[str, Series] = {}
        for series in rows:
            for alias in (series.label, *series.aliases):
                self._add(series, alias)
            for prefix in series.doi_prefix:
                self._dois.setdefault(prefix.lower().replace("yyyy", "YYYY"), series)
        self._doi_lengths = sorted({len(p) for p in self._dois}, reverse=True)

    def _add(self, series: Series, alias: str) -> None:
        tokens = _TOKEN.findall(alias)
        stems = [_stem(t) for t in tokens if t.lower() not in _STOP]
        lower_words = [t for t in tokens if len(t) > 2 and not t.isupper() and t.lower() not in _STOP]
        headed = any(s in _HEADS for s in stems) or (
            series.kind == "journal" and re.search(r"\.|\bIEEE\b|\bACM\b|\bSIAM\b|^Proc", alias)
        )
        if len(stems) >= 2 and lower_words and (headed or len(lower_words) >= 3 or series.kind == "journal"):
            strength = "phrase" if headed or (len(stems) >= 3 and series.kind == "conference") else "words"
            if series.kind == "conference" and not headed and len(stems) < 3:
                strength = "acronym"
            # Without its organisation a name must still be a name: "Conference on Supercomputing" is two of them.
            core = [s for s in stems if s not in _ORG]
            bare = (
                len(core) >= 3 and core[0] != "journal" and (series.kind != "journal" or any(s in _HEADS for s in core))
            )
            for key in (stems, core) if bare else (stems,):
                self._put(self._phrases, key, (series, strength, alias))
        elif tokens:
            if alias.startswith("Proc"):
                self._put(self._acronyms, tokens, (series, "words", _spaced(alias)))
                return
            word = alias.lower() in _WORDS
            strength = "weak" if word or len("".join(tokens)) <= 3 else "acronym"
            if series.kind == "journal" and (word or alias[1:].islower()):
                strength = "words"
            self._put(self._acronyms, tokens, (series, strength, _spaced(alias)))
            if strength == "acronym":
                for variant in {alias.upper(), alias.lower(), alias.capitalize()} - {alias}:
                    loose = "acronym" if len(alias) > 5 and variant != alias.lower() else "weak"
                    if len(alias) > 3 or variant == alias.upper():
                        self._put(self._acronyms, _TOKEN.findall(variant), (series, loose, _spaced(variant)))

    @staticmethod
    def _put(trie: dict[str, Any], key: list[str], value: tuple[Series, str, str]) -> None:
        node = trie
        for token in key:
            node = node.setdefault(token, {})
        node.setdefault("", value)

    def find(self, paper: Paper) -> tuple[Edition, ...]:
        """The editions that a paper's record says it appeared at, ordered by venue and year, each once.

        `Edition.year` is 0 where no year is given. Where two fields name the same edition the evidence is that of
        comments, then journal-ref, abstract, DOI; a year anywhere replaces the unknown year of the same venue.
        """
        found: list[_Found] = []
        if paper.comments:
            found += self._in_text(paper, "comments", paper.comments)
        if paper.journal_ref:
            found += self._in_text(paper, "journal_ref", paper.journal_ref)
        text = paper.abstract
        # Four substring searches cost a tenth of the pattern; most abstracts end here.
        if "appear" in text or "accepted" in text or "ublished" in text or "resented" in text:
            found += self._in_abstract(paper)
        if paper.doi:
            found += self._in_doi(paper)
        return _merged(found) if found else ()

    def _in_text(self, paper: Paper, field: str, raw: str) -> list[_Found]:
        phrases, acronyms = self._phrases, self._acronyms
        if not any(t in acronyms or _stem(t) in phrases for t in _TOKEN.findall(raw[:MAX_READ])):
            return []
        view = View(raw)
        mentions = self._mentions(view.plain, 0, MAX_READ)
        if not mentions:
            return []
        return (
            self._references(paper, view, mentions)
            if field == "journal_ref"
            else self._statements(paper, field, view, mentions)
        )

    def _in_abstract(self, paper: Paper) -> list[_Found]:
        """Only what follows an explicit statement ("this paper appeared at …"), in the same sentence."""
        if not _VERB.search(paper.abstract) or not _ABSTRACT.search(paper.abstract):
            return []
        view = View(paper.abstract)
        out: list[_Found] = []
        for m in islice(_ABSTRACT.finditer(view.plain), MAX_STATEMENTS):
            mentions = self._mentions(view.plain, m.end(), min(m.end() + 150, view.sentence(m.start())[1]))
            out += self._statements(
                paper, "abstract", view, [x for x in mentions if x.strength in ("phrase", "acronym")]
            )
        return out

    def _mentions(self, text: str, low: int, high: int) -> list[_Mention]:
        """All names in a part of a text, longest first from the left, without overlap."""
        tokens = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(text, low, high)]
        out: list[_Mention] = []
        index, count = 0, len(tokens)
        while index < count and len(out) < MAX_MENTIONS:
            word = tokens[index][2]
            best = self._acronym(text, tokens, index) if word in self._acronyms else None
            phrase = self._phrase(text, tokens, index) if _stem(word) in self._phrases else None
            if phrase and (not best or phrase[0] > best[0]):
                best = phrase
            if best is None:
                index += 1
                continue
            last, series, strength = best
            start, end = tokens[index][0], tokens[last][1]
            if out and out[-1].series is series and text[out[-1].end : start].strip(" (,-:") == "":
                # "International Conference on Machine Learning (ICML)": one name
                joined = out.pop()
                start, strength = joined.start, joined.strength if strength == "weak" else strength
                strength = "phrase" if joined.strength == "phrase" else strength
            out.append(_Mention(start, end, series, strength))
            index = last + 1
        return out

    def _acronym(self, text: str, tokens: list[tuple[int, int, str]], index: int) -> tuple[int, Series, str] | None:
        node: Any = self._acronyms.get(tokens[index][2])
        best = None
        at, start = index, tokens[index][0]
        if start and (text[start - 1] in "_@#\\" or (text[start - 1] == "." and text[start - 2 : start - 1].isalnum())):
            return None  # in an address, a handle or a command
        while node:
            value = node.get("")
            if value and _spaced(text[start : tokens[at][1]]) == _spaced(_stripped(value[2])):
                best = (at, value[0], value[1])
            at += 1
            if at >= len(tokens) or tokens[at][0] - tokens[at - 1][1] > 3:
                break
            node = node.get(tokens[at][2])
        if best and _ADDRESS.match(text, tokens[best[0]][1]):
            return None
        return best

    def _phrase(self, text: str, tokens: list[tuple[int, int, str]], index: int) -> tuple[int, Series, str] | None:
        first = tokens[index][2]
        node: Any = self._phrases.get(_stem(first)) if first.lower() not in _STOP else None
        best, at, matched = None, index, index
        while node:
            value = node.get("")
            if value:
                best = (matched, value[0], value[1])
            at += 1
            while at < len(tokens):
                word = tokens[at][2].lower()
                gap = text[tokens[at - 1][1] : tokens[at][0]]
                if len(gap) > 3 or ";" in gap or (". " in gap and len(tokens[at - 1][2]) > 7):
                    return self._cased(text, tokens, index, best)
                following = node.get(_stem(word)) if word not in _STOP else None
                if following is not None:
                    node, matched = following, at
                    break
                if word not in _STOP and word not in _ORG and not (word.isdigit() and len(word) == 4 and best is None):
                    return self._cased(text, tokens, index, best)
                at += 1
            else:
                break
        return self._cased(text, tokens, index, best)

    @staticmethod
    def _cased(
        text: str, tokens: list[tuple[int, int, str]], index: int, best: tuple[int, Series, str] | None
    ) -> tuple[int, Series, str] | None:
        """Names that are only words count where they are written as names are."""
        if best is None or best[2] == "phrase":
            return best
        words = [t for _, _, t in tokens[index : best[0] + 1] if t.lower() not in _STOP]
        return best if all(not w[0].islower() for w in words) else None

    # --- comments and abstracts -------------------------------------------------------------------------------------

    def _statements(self, paper: Paper, field: str, view: View, mentions: list[_Mention]) -> list[_Found]:
        text = view.plain
        triggers = (
            [
                (m.start(), m.end(), m.lastgroup or "")
                for m in _TRIGGER.finditer(text, max(0, mentions[0].start - 1000), mentions[-1].end + 200)
            ]
            if mentions
            else []
        )
        masked = [(m.start(), m.end()) for m in _NO_WORKSHOP.finditer(text)]
        works = [m.start() for m in _WORKSHOP.finditer(text) if not any(s <= m.start() < e for s, e in masked)]
        out: list[_Found] = []
        for position, mention in enumerate(mentions):
            clause = _Clause(text, view.sentence(mention.start), triggers, mention)
            peers = [m for m in mentions if clause.start <= m.start < clause.end and m is not mention]
            in_workshop = bool(_WORKSHOP_NEXT.match(text, mention.end, mention.end + 90)) or any(
                clause.start <= w < clause.end
                and not any(m.start <= w < m.end and m.series.kind != "workshop" for m in (mention, *peers))
                for w in works
            )
            if mention.series.kind == "conference" and (
                in_workshop or any(m.series.kind == "workshop" and m.strength != "words" for m in peers)
            ):
                continue
            if not clause.says_appeared(in_workshop):
                continue
            others = [
                m for m in mentions[position + 1 :] if m.series is not mention.series and m.series.kind != "journal"
            ]
            until = others[0].start if others else clause.end
            year, start, end, beside = _year(text, mention, clause, until)
            if mention.strength == "weak" and not (beside or clause.adjacent):
                continue
            host = ""
            if mention.series.kind == "workshop":
                hosts = [m for m in peers if m.series.kind == "conference"]
                if hosts:
                    hosted = min(hosts, key=lambda m: (m.start < mention.start, abs(m.start - mention.start)))
                    host = hosted.series.id
                    if not year or not beside:
                        year = _year(text, hosted, clause, clause.end)[0] or year
            elif mention.series.kind == "journal" and _issue_of(text, mention, peers):
                continue
            rule = f"venue-{'comment' if field == 'comments' else field}"
            score = 0.95 if beside and clause.verdict == "pos" else 0.9 if beside or clause.verdict == "pos" else 0.8
            out.append(
                _Found(
                    _edition(paper, field, view, mention.series, year, host, start, end, rule, score),
                    beside,
                    mention.series.kind,
                )
            )
        return out

    # --- journal-ref ------------------------------------------------------------------------------------------------

    def _references(self, paper: Paper, view: View, mentions: list[_Mention]) -> list[_Found]:
        """A journal-ref names one venue, as a rule first; what it names later is publisher, host or a second version."""
        text = view.plain[:MAX_READ]
        works = [m.start() for m in _WORKSHOP.finditer(_NO_WORKSHOP.sub(lambda m: " " * len(m[0]), text))]
        usable = [m for m in mentions if m.strength in ("phrase", "acronym") or _TITLE.match(text[: m.start])]
        usable = [
            m
            for m in usable
            if m.strength != "weak" or _YEAR_BESIDE.match(text, m.end) or _YEAR_SHORT.match(text, m.end)
        ] or usable
        usable = [m for m in usable if m.series.kind != "journal" or not _CONTINUES.match(text, m.end)]
        usable = [m for m in usable if _whole(text, m)]
        if not usable:
            return []
        workshops = [m for m in usable if m.series.kind == "workshop"]
        chosen = workshops[0] if workshops else usable[0]
        conferences = [m for m in usable if m.series.kind == "conference"]
        if chosen.series.kind == "conference" and any(not any(m.start <= w < m.end for m in usable) for w in works):
            return []
        if chosen.series.kind == "journal" and not _TITLE.match(text[: chosen.start]):
            if not conferences:
                return (
                    [] if chosen.strength != "phrase" or chosen.start > 40 else self._reference(paper, view, chosen, "")
                )
            chosen = conferences[0]
        host = conferences[0].series.id if chosen.series.kind == "workshop" and conferences else ""
        return self._reference(paper, view, chosen, host)

    def _reference(self, paper: Paper, view: View, mention: _Mention, host: str) -> list[_Found]:
        text = view.plain
        m = _YEAR_BESIDE.match(text, mention.end) or _YEAR_BEFORE.search(
            text[max(0, mention.start - 50) : mention.start]
        )
        start, end = mention.start, mention.end
        if m and mention.series.kind != "journal":
            year = int(m[1])
            end = m.end() if m.start() >= end else end
        else:
            parens = _PAREN_YEAR.findall(text)
            plain = _YEAR.findall(text)
            short = _YEAR_SHORT.match(text, mention.end) if mention.series.kind != "journal" else None
            year = int(parens[-1]) if parens else int(plain[-1]) if plain else _full(short[1]) if short else 0
            year = year or mention.series.year_of(_ordinal(text, mention.start))
        edition = _edition(
            paper, "journal_ref", view, mention.series, year, host, start, end, "venue-journal-ref", 0.95
        )
        return [_Found(edition, True, mention.series.kind)]

    # --- DOI --------------------------------------------------------------------------------------------------------

    def _in_doi(self, paper: Paper) -> list[_Found]:
        doi = paper.doi.strip()
        low = doi.lower()
        offset = low.find("10.")
        if offset < 0:
            return []
        low = low[offset:]
        keys: list[tuple[str, int]] = [(low, 0)]
        m = _DOI_YEAR.search(low)
        if m:
            sign = m[1] or m[2]
            keys.insert(
                0, (low[: m.start()] + (sign if sign == "/" or m[1] else "") + "YYYY" + low[m.end() :], int(m[3]))
            )
        short = _DOI_SHORT.search(low)
        if short:
            digits = short[1] or short[3] or short[5]
            at = low.index(digits, short.start())
            keys.append((low[:at] + "yy" + low[at + 2 :], _full(digits)))
        for key, year in keys:
            for length in self._doi_lengths:
                series = self._dois.get(key[:length])
                if series is None:
                    continue
                if not year and m and m.start() <= length:
                    year = int(m[3])
                begin = paper.doi.lower().find("10.")
                end = begin + min(length, len(low))
                evidence = Evidence(
                    paper.id, "doi", begin, end, begin, len(paper.doi.rstrip()), paper.doi[begin:end], "venue-doi", 0.9
                )
                return [_Found(Edition(series.id, year, "", 0.9, evidence), False, series.kind)]
        return []


class _Clause:
    """The part of a sentence that speaks of one mention, and what its words say about it."""

    def __init__(
        self, text: str, sentence: tuple[int, int], triggers: list[tuple[int, int, str]], mention: _Mention
    ) -> None:
        self.text, self.mention = text, mention
        low = max(sentence[0], text.rfind(";", 0, mention.start) + 1)
        high = max(sentence[1], mention.end)
        if text[mention.end : mention.end + 1] == "." and high <= mention.end + 2:
            high = min(len(text), mention.end + 60)  # "Proc. VLDB Endow. 13(5), 2020": the stop shortens the name
        semicolon = text.find(";", mention.end, high)
        high = semicolon if semicolon >= 0 else high
        self.verdict, self.start, self.end, self.adjacent = "", low, high, False
        weak = False
        for start, end, kind in triggers:
            if start < low:
                continue
            if start >= mention.start:
                if kind == "pos" and start >= mention.end and _NEXT.search(text[max(0, start - 16) : start]):
                    self.end = min(self.end, start)
                    break
                continue
            if kind == "weak":
                weak = True
                continue
            if (
                kind == "neg"
                and self.verdict == "pos"
                and text[end - 10 : end].lower().endswith(("submission", "review"))
            ):
                continue  # "accepted submission", "accepted after peer review"
            self.verdict, self.start = kind, start
            self.adjacent = kind == "pos" and _FILL.match(text[end : mention.start]) is not None
        self.weak = weak
        m = _AND_AS.search(text, mention.end, self.end)
        self.end = m.start() if m else self.end
        for m in _AND_AS.finditer(text, self.start, mention.start):
            self.start = m.start()

    def says_appeared(self, in_workshop: bool) -> bool:
        text, mention = self.text, self.mention
        if self.verdict == "neg" or _AFTER_NEGATIVE.match(text[mention.end : mention.end + 60]):
            return False
        if not _whole(text, mention):
            return False
        if mention.series.kind == "conference" and _HOSTED.search(
            text[max(self.start, mention.start - 50) : mention.start]
        ):
            return False
        after = text[mention.end : mention.end + 40]
        if mention.strength == "words":
            if mention.series.kind == "workshop":
                return in_workshop or (self.verdict == "pos" and self.adjacent)
            several = " " in text[mention.start : mention.end] or after.lstrip().lower().startswith("journal")
            if several and self.verdict != "neg" and self._alone() and _VOLUME.match(after):
                return True
            return several and self.verdict == "pos" and self.adjacent and _JOURNAL_EDGE.match(after) is not None
        if self.verdict == "pos":
            return True
        if mention.strength != "weak" and _PRAISE.match(after):
            return True
        year = (
            _YEAR_BESIDE.match(after)
            or _YEAR_SHORT.match(after)
            or _YEAR_BEFORE.search(text[max(self.start, mention.start - 40) : mention.start])
        )
        if mention.series.kind == "journal" and mention.strength != "phrase":
            return bool(year) or self._alone() or (self.weak and mention.strength == "acronym")
        if year or (mention.strength == "phrase" and _HEADED.search(text, mention.start, mention.end)):
            return True
        return self._alone() and mention.strength == "acronym"

    def _alone(self) -> bool:
        """The mention is all that stands between two signs: "10 pages, IEEE Access, 2 figures"."""
        before = re.split(r"[,;.()]\s", self.text[self.start : self.mention.start])[-1]
        after = re.split(r"[,;.()]", self.text[self.mention.end : self.end], maxsplit=1)[0]
        return (
            len(_TOKEN.findall(before)) <= 2
            and len(_TOKEN.findall(after)) <= 2
            and _FILL.match(before.replace("IEEE", "")) is not None
        )


def _stripped(alias: str) -> str:
    return alias.strip("!*<>+ .")


def _whole(text: str, mention: _Mention) -> bool:
    """A full name is not the middle of a longer one ("Chinese Conference on …", "… Vision Theory and Applications")."""
    if mention.strength != "phrase" and mention.strength != "words":
        return _spelt_out(text, mention)
    if _CONTINUES.match(text, mention.end):
        return False
    journal = mention.series.kind == "journal"
    if journal and _NAME_GOES_ON.match(text, mention.end):
        return False
    if journal and text[mention.start : mention.start + 5].lower() != "journ":
        return True
    m = _REGION.search(text[max(0, mention.start - 30) : mention.start])
    if m is None:
        return True
    word = m["word"].lower()
    if journal and word in ("international", "european"):
        return False
    return (
        word in _ORG
        or word in _STOP
        or word in _NUMBER
        or _TRIGGER.match(m["word"]) is not None
        or len(word) <= 3
        or word
        in (
            "the",
            "annual",
            "accepted",
            "appear",
            "workshop",
            "international",
            "world",
            "computer",
            "society",
            "elsevier",
            "springer",
            "joint",
            "full",
            "biennial",
        )
        or _TENS_WORD.match(word) is not None
    )


def _spelt_out(text: str, mention: _Mention) -> bool:
    """An acronym in brackets stands for the name before it: "… on Soft Computing (SCIS 2014)" is not the SCIS listed."""
    before = text[max(0, mention.start - 120) : mention.start]
    if not before.endswith("(") or not _NAMED.search(before):
        return True
    said = {_stem(t) for t in _TOKEN.findall(before)}
    full = [{_stem(t) for t in _TOKEN.findall(a)} - _STOP - _ORG - _HEADS for a in mention.series[2] if " " in a]
    full = [words for words in full if len(words) > 1]
    return not full or any(2 * len(words & said) >= len(words) for words in full)


_NAMED = re.compile(r"\b(?:Conference|Symposium|Workshop|Congress|Journal|Transactions|Colloquium)\b[^.;()]*\($")
_TENS_WORD = re.compile("|".join(_TENS))


def _issue_of(text: str, journal: _Mention, peers: list[_Mention]) -> bool:
    """The journal's issue is a conference's proceedings: "ACM Transactions on Graphics (Proc. SIGGRAPH 2020)"."""
    for m in peers:
        if m.series.kind == "conference":
            low, high = (journal.end, m.start) if journal.end <= m.start else (m.end, journal.start)
            if re.fullmatch(
                r"[\s,(\[/:'\"&\d-]*(?:(?:IEEE|ACM|special|issue|of|on|the|and|with|Proc|Proceedings|in|as|part|volume|vol|track|issue|conference|papers|journal|option|presented|at|to|TOG|for|presentation)[\s.,(/:)-]*|\d+[\s.,]*)*",
                text[low:high],
                re.IGNORECASE,
            ):
                return True
    return False


def _full(digits: str) -> int:
    number = int(digits)
    return 1900 + number if number >= 80 else 2000 + number


def _ordinal(text: str, start: int) -> int:
    """The ordinal before a name ("48th", "Thirty-fourth"), 0 if there is none."""
    m = _ORDINAL.search(text[max(0, start - 80) : start])
    if m is None:
        return 0
    if m[1]:
        return int(m[1])
    tens = (_TENS.index(m[2].lower()) + 2) * 10 if m[2] else 0
    return tens + _NUMBER[m[3].lower()]


def _year(text: str, mention: _Mention, clause: _Clause, until: int) -> tuple[int, int, int, bool]:
    """(year or 0, start, end, whether it stands beside the name): the span covers name and a year beside it."""
    start, end = mention.start, mention.end
    m = _YEAR_BESIDE.match(text, end)
    if m:
        return int(m[1]), start, m.end(), True
    short = (
        _YEAR_SHORT.match(text, end)
        if mention.strength != "phrase" or text[end - 1].isupper()
        else re.compile(r"\s?'(\d\d)\b").match(text, end)
    )
    if short:
        return _full(short[1]), start, short.end(), True
    low = max(clause.start, start - 60)
    before = _YEAR_BEFORE.search(text[low:start])
    if before:
        return int(before[1]), low + before.start(1), end, True
    inside = _YEAR.search(text, start, end)
    if inside:
        return int(inside[0]), start, end, True
    volume = _VOLUME.match(text[end : end + 80]) if mention.series.kind == "journal" else None
    if volume:
        return int(volume[1]), start, end, False
    ordinal = mention.series.year_of(_ordinal(text, start))
    near = _YEAR.search(text, end, max(end, min(clause.end, until, end + 120)))
    if near:
        return int(near[0]), start, end, False
    if ordinal:
        return ordinal, start, end, True
    return 0, start, end, False


def _edition(
    paper: Paper,
    field: str,
    view: View,
    series: Series,
    year: int,
    host: str,
    start: int,
    end: int,
    rule: str,
    score: float,
) -> Edition:
    raw_start, raw_end = view.span(start, end)
    low, high = view.evidence_sentence(start, end)
    exact = view.raw[raw_start:raw_end]
    evidence = Evidence(
        paper.id, field, raw_start, raw_end, min(low, raw_start), max(high, raw_end), exact, rule, score
    )
    return Edition(series.id, year, host, score, evidence)


def _merged(found: list[_Found]) -> tuple[Edition, ...]:
    """One edition for each venue and year; an unknown year, and the year of a DOI, give way to a year that is said."""
    by_venue: dict[str, list[_Found]] = {}
    for item in found:
        by_venue.setdefault(item.edition.venue, []).append(item)
    out: list[Edition] = []
    for items in by_venue.values():
        said = [f for f in items if f.edition.year and f.edition.evidence.field != "doi"]
        if any(f.beside for f in said):
            said = [f for f in said if f.beside]
        dated = said or [f for f in items if f.edition.year]
        host = next((f.edition.host for f in items if f.edition.host), "")
        years: dict[int, _Found] = {}
        for item in dated or items[:1]:
            best = years.get(item.edition.year)
            if best is None or item.edition.confidence > best.edition.confidence:
                years[item.edition.year] = item
        for item in years.values():
            e = item.edition
            out.append(Edition(e.venue, e.year, e.host or host, e.confidence, e.evidence))
    return tuple(sorted(out, key=lambda e: (e.venue, e.year)))

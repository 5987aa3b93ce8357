"""Quantities of running text: factors, percentages, values with units, ranges, and numbers said in words.

`quantities` says only what a number reads as. Whether it is a result of the paper is decided in `claims`.
"""

from __future__ import annotations

import re
import string
from typing import NamedTuple

from kg.linking.text import View
from kg.matcher import Phrases

#: More numbers than this are a table, not prose; the rest of the text is left unread.
MAX_QUANTITIES = 400
_LARGEST = 1e100  # more is no measurement: such digits are a key or a proof


class Quantity(NamedTuple):
    """A number with its unit at `view.plain[start:end]`; `low == high` unless it is a range.

    `kind`: "factor", "percent", "words" (said in words), "score" (a bare number), or the class of a unit: "time",
    "size", "rate", "power", "energy", "frequency", "area", "count", "level". `bound` is the comparator that the
    number's own sign gives ("≥2x", "~3 ms"), else "". `second` is where a range's upper number starts, else -1.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str
    kind: str
    bound: str = ""
    second: int = -1


_CLASSES = {
    "time": "ps ns us ms s min h days day weeks week months month years year nanoseconds microseconds cycles",
    "size": "KB MB GB TB PB KiB MiB GiB TiB kB bytes",
    "rate": "Gbps Mbps kbps Kbps Tbps Gb/s Mb/s GB/s MB/s TB/s KB/s FPS QPS IOPS RPS TPS Mpps pps MFLOPS GFLOPS TFLOPS PFLOPS "
    "EFLOPS MOPS GOPS TOPS POPS GFLOP/s TFLOP/s MFLOP/s PFLOP/s GOp/s TOp/s MIPS GTEPS TEPS GCUPS MLUPS KIOPS MIOPS",
    "power": "W mW uW nW kW MW watts Watts",
    "energy": "J mJ uJ nJ pJ fJ kJ kWh Wh aJ",
    "frequency": "Hz kHz KHz MHz GHz THz",
    "area": "kGE KGE MGE mm2 mm² mm^2 um2 um² um^2 µm2",
    "count": "LUTs BRAMs DSPs FFs LUT BRAM DSP ALMs slices",
    "level": "dB dBm dBc BLEU ROUGE perplexity PPL mAP IoU MOS °C ppm",
}  # fmt: skip
_WORDS = {
    "millisecond": "ms", "milliseconds": "ms", "msec": "ms", "microsecond": "us", "microseconds": "us", "usec": "us",
    "µs": "us", "μs": "us", "mus": "us", "nanosecond": "ns", "nanoseconds": "ns", "nsec": "ns", "second": "s", "seconds": "s",
    "sec": "s", "secs": "s", "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hrs": "h",
    "hr": "h", "watt": "W", "watts": "W", "milliwatts": "mW", "milliwatt": "mW", "joules": "J", "joule": "J",
    "µW": "uW", "μW": "uW", "µJ": "uJ", "μJ": "uJ", "bytes": "bytes", "byte": "bytes", "gigabytes": "GB",
    "gigabyte": "GB", "megabytes": "MB", "megabyte": "MB", "kilobytes": "KB", "terabytes": "TB", "day": "days",
    "week": "weeks", "month": "months", "year": "years", "cycle": "cycles", "teraflops": "TFLOPS", "db": "dB",
    "fps": "FPS", "GFlops": "GFLOPS", "TFlops": "TFLOPS", "PFlops": "PFLOPS", "gigaflops": "GFLOPS", "petaflops": "PFLOPS", "exaflops": "EFLOPS",
}  # fmt: skip
#: Unit as written -> (canonical unit, class). Case counts where it tells units apart ("mW", "MW"; "s", "S").
UNITS = {name: (name, kind) for kind, names in _CLASSES.items() for name in names.split()}
UNITS |= {word: (unit, UNITS[unit][1]) for word, unit in _WORDS.items()}
#: Units that a word of any case may stand for.
_ANY_CASE = {name.lower(): value for name, value in UNITS.items() if len(name) > 2 and name.lower() not in _WORDS}
_ANY_CASE |= {word: UNITS[word] for word in _WORDS}
_PER = frozenset(
    "s sec second seconds w watt watts j joule mm2 mm² mm^2 cycle day hour h kwh min minute gpu node core op query token tokens "
    "request image frame frames sample inference iteration step epoch dollar $ bit byte instruction operation mhz area lut dsp year".split()
)
_AMOUNTS = frozenset(("time", "energy", "power"))  # "3 mJ per image" is an energy, "3 GB per second" a rate
_DURATIONS = frozenset("s sec second seconds minute min hour h day year".split())
_RESOURCE = re.compile(
    r"look[- ]?up tables?|flip[- ]?flops?|block rams?|bram blocks|dsp (?:slices|blocks)|logic (?:cells|elements)", re.IGNORECASE
)  # fmt: skip
#: What a tool that looks for faults finds: "13 previously unknown bugs".
FAULTS = frozenset(("bugs", "vulnerabilities", "defects", "discrepancies", "CVEs"))
_FAULTS = re.compile(
    r" (?:(?:previously|unknown|unique|new|real|critical|distinct|security|confirmed|zero-day|severe) ){0,4}"
    rf"(?P<what>{'|'.join(sorted(FAULTS))})\b"
)
#: What a LaTeX thin space leaves between a number and its unit ("38.2,dB").
_REMNANT = re.compile(r",(?=(?:dBm?|ms|ns|us|ps|mW|[KMGT]?Hz|[KMGT]B|GOPS|TOPS)\b)")
_SCORE_POINTS = re.compile(r" ((?:F1|BLEU|ROUGE(?:-\w)?|mAP|AP|METEOR|CIDEr) points?)\b")
_RESOURCE_STEMS = ("look", "flip", "block", "bram", "dsp", "logic")
_ASTERISK = re.compile(
    r"\* ?(?=speed|accel|faster|slower|higher|lower|more|less|better|improve|reduc|gain|increase|compared|the )|\*(?=[;,.] )"
)
_UNIT_STARTS = frozenset(f" -~(%×°µμ,{string.ascii_letters}")
_POINTS_STARTS = frozenset("%-p")
_TIMES = frozenset("×xX")
_FACTOR = frozenset(("x", "×", "times", "fold", "folds", "time"))
_NUMBER = r"[0-9][0-9]*(?:,[0-9]{3})*(?:\.[0-9]+)?"
_FIND = re.compile(rf"({_NUMBER})(?:\s?(?:±|\+/?-)\s?\d[\d.]*)?")  # a "±" part is spread, not value
_SPREAD = re.compile(r"\s?(?:±|\+/?-)\s?\d[\d.]*(?<!\.)(?:\s?%)?")
_NEXT = re.compile(rf"\s?(?:-{{1,3}}|~|→|\bto\b|\band\b|\bor\b)\s?[~+]?({_NUMBER})")
_NEXT_STARTS = frozenset("-~→toa")
_NEXT_TIED = re.compile(rf" ({_NUMBER})")  # "2 ~ 4x": the view reads the tie as a space
_DIGITS = frozenset(string.digits)
_TAIL = re.compile(
    r"(?:[ -]?\()?[ ~-]?(%|×|°C|(?:[KkMBG] |thousand |million |billion |trillion )?[A-Za-zµμ][A-Za-z0-9µμ²]*(?:-[A-Za-z]\w*)*(?:[/·][A-Za-z$][A-Za-z0-9²]*|\^\d)*)"
    r"(?: (per) ([A-Za-z]+))?"
)  # fmt: skip
_SHAPE = re.compile(r"(?:x\d+|\sx\s\d+|\s?×\s?\d+)+")
_THOUSANDS = re.compile(r"[Kk](?=[x×](?![\w×]))")  # "28Kx"
_POWER = re.compile(r"\^(-?\d{1,2})(?!\d)")
_ORDINAL = re.compile(
    r"[ -](?!(?:for|on|in|with|to|per|and|of|at|by|when|while|which|than|after|even)\b)\w"
)  # "a second one"
_SCIENTIFIC = re.compile(r" ?[×*·] ?10\^(-?\d{1,2})(?!\d)")  # "3.8 × 10^-2 s"
_POINTS = re.compile(
    r"%?[ -](?:absolute )?percentage[ -]points?\b| (?:absolute )?points?\b|% points?\b|-?percentage[ -]points?\b|\s?p\.?p\.?(?!\w)"
)
_GLUE = re.compile(r"-?(?:\s?/\s?|,?\s(?:and|or)\s(?:up to |about )?|,\s)")
_LISTED = re.compile(
    r"(?:\b(?:by|of|to|than|over|about|around|approximately|nearly|least|most|average|only|from|between|with|in|as|at|for|on|circa|rates?|some|obtain|a|an|and|or|is|are|was|were|\w+s|achiev\w+|reach\w+)\s|[,/(~]\s?)$"
)
_SIGNS = {">": "MoreThan", "≥": "AtLeast", "<": "LessThan", "≤": "UpTo", "~": "Approximately", "≈": "Approximately"}
_SIGN_BEFORE = frozenset((*_SIGNS, "=", "-", " "))
_FACTOR_OF = ("factor of ", "factors of ", "speedup of ", "speedups of ", "speed-up of ", "speed-ups of ")
_COUNT = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNT |= {"nine": 9, "ten": 10, "twenty": 20, "hundred": 100}
_CUES = ("magnitude", "twice", "doubl", "tripl", "half", "halv", "fold", "times", "quadrupl", "thrice", "third", "quarter", "second", "minute",
         "hour", "percentage point", "percent")  # fmt: skip
_CUE = Phrases({"cue": _CUES})
_SPANS = "(?:milli|micro|nano)?second|minute|hour"
_PARTS = {
    "one third": 33.3,
    "a third": 33.3,
    "two thirds": 66.7,
    "one quarter": 25,
    "a quarter": 25,
    "three quarters": 75,
}
_ONES = "one|two|three|four|five|six|seven|eight|nine|ten"
_IN_WORDS = re.compile(
    rf"\b(?:(?P<n>(?:an?|{_ONES}|\d+(?:\.\d+)?)(?= |-)|(?=order-of))(?:(?:[ -]to[ -]| or |-)(?P<m>{_ONES}|\d+(?:\.\d+)?))?[ -]?(?:full )?orders?[- ]of[- ](?:a )?magnitude"
    rf"|(?P<t>{_ONES}|twenty|a hundred)(?: times|[- ]?fold)\b"
    r"|(?P<two>twice|two ?fold|(?:doubl|doubles|doubled|doubling|double)(?= (?:the|its|our|their|that|in|throughput|performance|accuracy|efficiency|speed|average|training|inference)\b)|doubles|doubling)"
    r"|(?P<three>thrice|(?:triples|tripled|tripling)(?= (?:the|its)\b))|(?P<four>(?:quadruples|quadrupled|quadrupling)(?= (?:the|its)\b))"
    rf"|(?P<sub>sub-)(?P<su>{_SPANS})s?\b|(?P<span>an?|{_ONES}|half an?)[ -](?P<unit>(?:{_SPANS})s?|percent|percentage[- ]points?)\b(?!-)"
    r"|(?P<part>(?:one|two|a|three)[- ](?:thirds?|quarters?)\b)"
    r"|(?P<half>halves|halving|halved|(?:by|in|to|than|only|nearly|roughly|about|almost|approximately|with|uses|using|requires) (?:a )?half\b|half (?:the|that|of that|as)\b))"
)  # fmt: skip


def _unit(plain: str, position: int) -> tuple[str, str, int] | None:
    """The unit that starts at a position, as (canonical unit, kind, end), or `None`."""
    first = plain[position : position + 1]
    if first == "*" and _ASTERISK.match(plain, position):
        return "x", "factor", position + 1
    if first not in _UNIT_STARTS and not first.isspace():
        return None
    if first == ",":
        remnant = _REMNANT.match(plain, position)
        return _unit(plain, remnant.end()) if remnant else None
    if first in _POINTS_STARTS or first.isspace():
        points = _POINTS.match(plain, position)
        if points or first == "%":
            return "%", "percent", points.end() if points else position + 1
    m = _TAIL.match(plain, position)
    if m is None:
        return None
    word, end = m[1], m.end(1)
    if plain[position : position + 1] == " " and plain[position + 1 : position + 2] == "(" and "/" not in word:
        return None
    lower = word.lower()
    if lower in _FACTOR or lower[:5] == "fold-" or lower[:6] == "times-" or lower[:2] == "x-" or word[0] == "×":
        end = m.start(1) + len(lower.partition("-")[0])
        return None if lower == "time" else ("x", "factor", end)
    if word == "%":  # "12 %"
        return "%", "percent", end
    if lower in ("percent", "pct") or (lower == "per" and plain[end : end + 5] == " cent"):
        return "%", "percent", end + (5 if lower == "per" else 0)
    closed = "(" in plain[position : m.start(1)] and plain[end : end + 1] == ")"
    if (
        m[2]
        and m[3].lower() in _PER
        and not (UNITS.get(word, ("", ""))[1] in _AMOUNTS and m[3].lower() not in _DURATIONS)
    ):
        return plain[m.start(1) : m.end()], "rate", m.end()
    faults = _FAULTS.match(plain, position) if first == " " else None
    if faults:
        return faults["what"], "count", faults.end()
    resource = _RESOURCE.match(plain, m.start(1)) if lower.startswith(_RESOURCE_STEMS) else None
    if resource:
        return resource[0], "count", resource.end()
    points = _SCORE_POINTS.match(plain, position) if first == " " else None
    if points:
        return points[1], "level", points.end()
    if word[1:2] == " " and word[2:] in UNITS and UNITS[word[2:]][1] == "rate":
        return word, "rate", end  # "20K QPS"
    known = UNITS.get(word) or (_ANY_CASE.get(lower) if len(word) > 2 else None)
    if known is None and "/" in word:
        head, _, per = word.partition("/")
        per_lower = per.lower()
        if head and (per_lower in _PER or per_lower.partition("/")[0] in _PER):
            return word.replace("µ", "μ"), "rate", end + closed
    if known is None and "-" in word:
        # "1.2 ms-level", "3.5 GHz-class": no quantity of its own; "38 DP-GFLOPs/W" is caught above, "125 FP8-GFLOPS" here.
        rate = UNITS.get(word.rpartition("-")[2], ("", "")) if first == " " else ("", "")
        return (word, "rate", end) if rate[0].endswith(("FLOPS", "OPS")) else None
    return (*known, end) if known else None


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _attached(plain: str, start: int, before: str) -> bool:
    """A digit that continues a name ("GPT-4", "x265", "v2.1") or a decimal that begins with its point."""
    if before.isalnum() and before in "xX" and plain[start - 2 : start - 1] == "(":
        return False  # "(x6.3)"
    if before.isalpha() and plain.endswith(" up to", 0, start):
        return False  # "up to2.4x"
    if before.isalnum() or before in ("_", ".", "^", "#", "$", "€"):
        return True
    if before == "@":
        return plain[start - 2 : start - 1].isalnum()  # "mAP@0.5"
    if before == "/":
        return plain[start - 2 : start - 1].isalpha() and not plain[start - 3 : start - 2].isdigit()
    return (
        before == "-"
        and start > 1
        and (plain[start - 2].isalnum() or plain[start - 2] in ")_")
        and not plain[max(0, start - 5) : start].lower().endswith(("sub-", "near-"))
    )


def _bound(view: View, start: int, before: str) -> str:
    """The comparator that a number's own sign gives, "" if there is none; `before` is the character before it."""
    plain = view.plain
    sign = before if before in _SIGNS else plain[start - 2 : start - 1] if before in " =" and start > 1 else ""
    if before == "=" and sign in ("<", ">"):
        return _SIGNS["≤" if sign == "<" else "≥"]
    if before == " " and plain[start - 3 : start - 1] in ("<=", ">="):
        return _SIGNS["≤" if plain[start - 3] == "<" else "≥"]
    if before == "-" and plain[max(0, start - 4) : start].lower() == "sub-":
        return "LessThan"
    if before == "-" and plain[max(0, start - 5) : start].lower() == "near-":
        return "Approximately"
    if sign == " " or (before == " " and sign == "("):
        # The view reads "~" as a tie; after a space or a bracket it is no tie.
        raw = view.span(start, start + 1)[0]
        return "Approximately" if view.raw[raw - 1] == "~" and view.raw[raw - 2 : raw - 1] in (" ", "(", "\n") else ""
    return _SIGNS.get(sign, "")


def _tied(view: View, position: int) -> bool:
    """Whether the space at a position of the view is a tie ("~") in the original."""
    if view.plain is view.raw or view.plain[position : position + 1] != " ":
        return False
    start, end = view.span(position, position + 1)
    return "~" in view.raw[start:end]


def _digit_positions(plain: str) -> list[int]:
    """Where the digits 0 … 9 stand; a search for one character is many times faster than a pattern's."""
    found: list[int] = []
    for digit in "0123456789":
        position = plain.find(digit)
        while position >= 0:
            found.append(position)
            position = plain.find(digit, position + 1)
    found.sort()
    return found


class _Amount(NamedTuple):
    """A number or a range with its unit, (canonical unit, kind, end) or `None`. Both end at `end`, without their unit;
    `second` is where the upper number begins, -1 if the range is one value that spreads."""

    low: float
    high: float
    end: int
    unit: tuple[str, str, int] | None
    second: int = -1


def _digits(view: View) -> list[Quantity]:
    """Quantities said in digits, by start."""
    plain = view.plain
    found: list[Quantity] = []
    position = scanned = 0
    for start in _digit_positions(plain):
        if start < scanned:
            continue
        m = _FIND.match(plain, start)
        assert m is not None
        scanned = m.end()
        if start < position or len(found) >= MAX_QUANTITIES:
            continue
        position = scanned
        before = plain[start - 1 : start]
        if before != " " and _attached(plain, start, before):
            continue
        amount = _ranged(view, start, _single(plain, m))
        position = amount.end
        sign = start - 1 if before in _TIMES else start - 2 if before == " " and plain[start - 2] == "×" else -1
        if sign >= 0 and not amount.unit:  # "×3531", "(x6.3)"; "3×4" and "n × 4" are shapes
            left = plain[max(0, sign - 3) : sign]
            if not ((left[-1:] or " ").isalnum() or (left.strip() and left.rstrip()[-1].isdigit())):
                found.append(Quantity(sign, position, amount.low, amount.high, "x", "factor"))
            continue
        if amount.unit:
            shape = _SHAPE.match(plain, position) if amount.unit[1] == "factor" and amount.second < 0 else None
            if shape:  # 3x3, 4 × 4
                position = shape.end()
                continue
            position = amount.unit[2]
        elif plain[position : position + 1].isalnum() or (
            plain[position : position + 1] in ("-", "_") and "." not in m[1]
        ):
            continue
        found.append(_signed(view, start, before, amount))
    return found


def _single(plain: str, m: re.Match[str]) -> _Amount:
    """The number that `_FIND` matched, with what multiplies it, its unit and its spread: "3.8 × 10^-2 s", "81% ± 0.4%"."""
    end = m.end()
    value = float(m[1]) if "," not in m[1] else _number(m[1])
    if plain[end : end + 1] in ("K", "k") and _THOUSANDS.match(plain, end):
        end, value = end + 1, value * 1000
    power = _SCIENTIFIC.match(plain, end)
    if power:
        end, value = power.end(), value * 10.0 ** int(power[1])
    elif value == 10 and plain[end : end + 1] == "^":
        power = _POWER.match(plain, end)
        if power:
            end, value = power.end(), 10.0 ** int(power[1])
    unit = _unit(plain, end)
    if unit and unit[1] == "percent" and value > 100 and plain[end : unit[2]] == " points":
        unit = None  # "10^9 points"
    spread = _SPREAD.match(plain, unit[2]) if unit else None
    if unit and spread:
        unit = *unit[:2], spread.end()
    return _Amount(value, value, end, unit)


def _ranged(view: View, start: int, amount: _Amount) -> _Amount:
    """An amount that begins at `start` with the upper number, if one follows: "2-3x", "from 2 to 3 ms"."""
    plain, (low, _, end, unit, _) = view.plain, amount
    begin = unit[2] if unit else end
    after = plain[begin : begin + 1]
    if after == " ":
        after = plain[begin + 1 : begin + 2]
    following = _NEXT.match(plain, begin) if after in _NEXT_STARTS or after.isspace() else None
    plainly = unit is None or unit[1] in ("factor", "percent")
    if following is None and plainly and after in _DIGITS and _tied(view, begin):
        following = _NEXT_TIED.match(plain, begin)
    if following is None or not (plainly or plain[following.start()] in "- "):
        return amount
    word = following[0].strip().rstrip("0123456789.,~+").strip()
    high, until = _number(following[1]), following.end()
    if plain[end - 1] in "Kk" and _THOUSANDS.match(plain, until):
        high, until = high * 1000, until + 1
    upper = _unit(plain, until)
    if upper:
        between = word == "and" and plain[max(0, start - 16) : start].lower().rstrip(" ~").endswith("between")
        fits = (unit is None or unit[0] == upper[0]) and (word not in ("and", "or") or between)
        return _Amount(low, high, end, upper, following.start(1)) if fits else amount
    if unit is not None:
        return amount
    if word[:1] == "-" and plain.endswith(_FACTOR_OF, 0, start):
        return _Amount(low, high, following.end(), None)  # "a factor of 2-10"
    if "." in plain[start:end] and "." in following[1]:
        rises = word == "to" and plain[start - 5 : start - 1] == "from"
        if word[:1] == "-" or rises:
            return _Amount(low, high, following.end(), None, following.start(1) if rises else -1)
    return amount


def _signed(view: View, start: int, before: str, amount: _Amount) -> Quantity:
    """The quantity of an amount that begins at `start`, with the comparator or the sign before it."""
    plain, (low, high, end, unit, second) = view.plain, amount
    bound = ""
    if before in _SIGN_BEFORE or (before == " " and plain[start - 2 : start - 1] in _SIGN_BEFORE):
        bound = _bound(view, start, before)
    if (
        (before == "-" and plain[start - 2 : start - 1] in (" ", "("))
        and (unit and unit[1] in ("level", "percent"))
        and not plain[start - 3 : start - 2].isdigit()
    ):
        start, low, high = start - 1, -low, -high
    name, kind, end = unit or ("", "score", end)
    return Quantity(start, end, low, high, name, kind, bound, second)


def _shared_units(plain: str, found: list[Quantity]) -> list[Quantity]:
    """Give the bare numbers of a list the unit that its last one carries ("18, 20 and 40%", "1.9/2.1x")."""
    if len(found) < 2:
        return found
    for i in range(len(found) - 2, -1, -1):
        this, after = found[i], found[i + 1]
        if this.kind != "score" or after.kind == "score":
            continue
        glue = _GLUE.fullmatch(plain, this.end, after.start)
        if (
            glue is None
            or not _LISTED.search(plain, max(0, this.start - 16), this.start)
            or (1900 <= this.low <= 2100 and "/" not in glue[0])
        ):
            continue
        if glue[0].strip() == "," and not (i + 2 < len(found) and "," in plain[after.end : found[i + 2].start]):
            continue
        found[i] = this._replace(unit=after.unit, kind=after.kind)
    for i in range(
        1, len(found)
    ):  # 247/117 (token/s): the unit reaches back over the slash; >2.45x/13.5x the bound over it
        this, before = found[i], found[i - 1]
        if before.bound and not this.bound and plain[before.end : this.start].strip() == "/":
            found[i] = this._replace(bound=before.bound)
    return found


def _in_words(view: View, cues: list[int]) -> list[Quantity]:
    found: list[Quantity] = []
    position = 0
    for cue in cues:
        m = _IN_WORDS.search(view.lower, max(position, cue - 32), cue + 36)
        if m is None or len(found) >= MAX_QUANTITIES:
            continue
        start, end = m.span()
        position = end
        if m["n"] is not None:
            low = _COUNT.get(m["n"] or "one") or float(m["n"])
            high = (_COUNT.get(m["m"]) or float(m["m"])) if m["m"] else low
            if low == high == 1:
                found.append(Quantity(start, end, 10, 10, "x", "words"))
            else:
                found.append(Quantity(start, end, low, high, "orders of magnitude", "words"))
        elif m["sub"]:
            unit, kind = UNITS[m["su"]]
            found.append(Quantity(start, end, 1, 1, unit, kind, "LessThan"))
        elif m["span"]:
            if m["unit"] == "second" and _ORDINAL.match(view.lower, end):
                continue
            amount = 0.5 if m["span"].startswith("half") else _COUNT[m["span"]]
            unit, kind = UNITS.get(m["unit"], ("%", "percent"))
            found.append(Quantity(start, end, amount, amount, unit, kind))
        elif m["part"]:
            part = _PARTS.get(m["part"].replace("-", " "))
            if part:
                found.append(Quantity(start, end, part, part, "%", "words"))
        elif m["half"]:
            offset = m[0].find("half") if "half" in m[0] else 0
            end = start + offset + 4 if "half" in m[0] else end
            found.append(Quantity(start + offset, end, 50, 50, "%", "words"))
        else:
            times = m["t"] and _COUNT[m["t"].rpartition(" ")[2]]
            value = times or (2 if m["two"] else 3 if m["three"] else 4)
            found.append(Quantity(start, end, value, value, "x", "words"))
    return found


def quantities(view: View) -> list[Quantity]:
    """All quantities of a text, by start, without overlap; at most `MAX_QUANTITIES` of each sort.

    Numbers that are part of a name, and shapes such as "3x3", are none. A number without a unit has kind "score".
    """
    found = _shared_units(view.plain, _digits(view))
    cues = _CUE.starts(view.lower)
    words = _in_words(view, cues) if cues else None
    if words:
        spans = [(q.start, q.end) for q in words]
        found = [q for q in found if not any(q.start < end and start < q.end for start, end in spans)]
        found = sorted(found + words)
    return [q for q in found if q.low <= _LARGEST and q.high <= _LARGEST]

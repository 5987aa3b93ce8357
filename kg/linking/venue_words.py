"""The words by which a venue is read: stems of names, what says that a paper appeared, years. Data, no rules."""

from __future__ import annotations

import re

TOKEN = re.compile(r"[^\W\d_]+|\d+")
TOKEN_ASCII = re.compile(r"[A-Za-z]+|[0-9]+")  # the same on ASCII, in half the time
STOP = frozenset("a an and at for in of on the to de et proceedings proceeding proc vol section".split())
ORG = frozenset(
    "international int intl annual ieee acm usenix cvf rsj ifip sigplan sigsoft sigact sigops sigarch sigda sigcomm "
    "sigmobile sigmod sigkdd sigchi sigapp siam eurographics computer society aaai isca spec special interest group "
    "ras sigai sigsac sigmm sigweb rasc biennial joint euromicro ndv tc".split()
) - {"computer", "society", "special", "interest", "group", "siam", "joint"}
#: Words of venue names that authors shorten (after ISO 4), by their stem; a stem stands for all its forms.
STEMS = {
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
HEADS = frozenset(
    "conference symposium workshop transaction journal proceedings letter review annals bulletin colloquium meeting "
    "congress forum magazine notices reports surveys acta".split()
)
#: Acronyms and labels that are also ordinary words, names or units: they need a year or a verb right beside them.
WORDS = frozenset(
    "fast date host edge cloud cluster middleware networking performance fire time sat fun spin post raid group "
    "coordination assets models interact cases words ice live hart array soap mars rule express sos random approx "
    "micro pact case fusion most works raw from area heart nice epic vis mass latin lattice declare linearity works "
    "unsure onward oakland iros places chase arcs odyssey gram graphite grades infinity impex scheme allerton oscar "
    "crest dice spire wine trec robust synt prima memocode maps latte barc info james spark racing most smart drone "
    "presence constraints quantum chaos entropy sensors integration nature science icarus optica bernoulli soco "
    "picture graphical xsede fire soft hotos cassting limits loco humanoids automata digra ease mobility moss".split()
) - {"iros", "hotos", "humanoids"}

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER = {word: n for n, word in enumerate(ORDINALS, 1)} | {t[:-1] + "ieth": 10 * n for n, t in enumerate(TENS, 2)}
ORDINAL = re.compile(
    r"(?:\b(\d{1,3})\s?-?\s?(?:st|nd|rd|th)|\b(?:(" + "|".join(TENS) + r")[- ]?)?(" + "|".join(NUMBER) + r"))"
    r"[\s,]{1,3}(?:(?:\d{4}|[A-Z][A-Za-z]*|ed\.|edition|of|the|annual|international)[\s/,-]{1,2}){0,6}$",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<![\d.:/])(?:19[5-9]\d|20[0-4]\d)(?!\d|\.\d|:\d)")
YEAR_INSIDE = re.compile(r"(?<![\d.:/-])(?:19[5-9]\d|20[0-4]\d)(?![\d:]|\.\d)")  # "ISISE2009", too
YEAR_TICKED = re.compile(r"(?<=\w)\s?['’](\d\d)(?!\d)")
#: Between the name and the year of the same edition: "ICML Oral 2024".
_TRACK = (
    r"[Cc]onference|D(?:atasets?)?(?: and |\s?& ?)B(?:enchmarks?)?(?: [Tt]rack)?|(?:[Mm]ain|[Ii]ndustry)(?: [Cc]onference| [Tt]rack)?"
    r"|[Oo]ral|ORAL|[Pp]oster|POSTER|[Ss]potlight|SPOTLIGHT|[Hh]ighlight|HIGHLIGHT|[Ff]indings|FINDINGS"
)
YEAR_BESIDE = re.compile(
    rf"[\s,()\[/_:-]{{0,3}}(?:(?:{_TRACK})[\s,]{{1,2}})?['`]?"
    r"(19[5-9]\d|20[0-4]\d)(?!\d|\.\d|-\d\d)\b"
)
YEAR_SHORT = re.compile(
    r"(?:[\s-]?'|[\s-]{0,1})((?:[89]|[0-4])\d)\b(?!\s*(?:pages?\b|pp\b|p\.|page|figures?|figs?\b|tables?|th\b|%|[.:]\d|-\d|workshops?\s+papers\b))"
)
YEAR_BEFORE = re.compile(
    r"(?<![\d.:/])(19[5-9]\d|20[0-4]\d)[\s,]{1,2}(?:(?:[A-Za-z]+|\d{1,3}-?(?:st|nd|rd|th))[\s/,-]{1,2}){0,5}$"
)
VOLUME = re.compile(
    r"(?:[\s,.:;()\d/-]|\b(?:vol|volume|no|num|number|issue|iss|pp?|pages?|art|article|id|from|to|special|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october|november|december)\b){0,60}?"
    r"(?<![\d-])((?:19[5-9]|20[0-4])\d)\b(?!-\d)",
    re.IGNORECASE,
)
PAREN_YEAR = re.compile(r"\((?:[A-Za-z. ]{0,12})(19[0-9]\d|20[0-4]\d)\)")
DOI_YEAR = re.compile(r"(?:(?<=[a-z])(?:\d{4,6})?([./-])|(/))((?:19|20)\d\d)(?=[./-])")
DOI_SHORT = re.compile(r"(?<=/)(?:(\d\d)(?=-[a-z])|([a-z])(\d\d)(?=-))|(?<=/v1/)([a-z])(\d\d)(?=-)")

# Words that say the paper appeared at what follows; `neg` wins over words of little weight in the same clause.
TRIGGER = re.compile(
    r"\b(?=[abcdefijlmnoprstuvw123])(?:"  # what any of the words begins with: three times as fast
    r"(?P<neg>(?:(?:(?:re-?)?submi|sumi)(?:t|ts|t?ted|t?ting|ssions?)\b(?!\s+(?:to|on)\s+(?:the\s+)?arxiv)"
    r"(?:[\s\w,-]{0,40}?\b(?:publication|presentation|(?:be|been)\s+(?:published|presented|considered)|consideration|review))?"
    r"|(?:under-review|(?:under|in|for)\s+(?:\w+\s+)?(?:peer[- ])?review|under\s+consideration|considered)(?:[\s\w]{0,20}?\bpublication)?"
    r"|reject(?:ed|ion)|format(?!\s*,)|formatted|template|style|thesis|dissertation|technical\s+report|proposals?|reviewers?"
    r"|in\s+preparation|pending(?!\s+publication)|code\s+for|prepared\s+for|planned|intended|not\s+(?:yet\s+)?(?:been\s+)?(?:accepted|published|presented|included|part)"
    r"|withdrawn|reply\s+to|comments?\s+on|ranked|winner|winning|(?:1st|2nd|3rd|first|second|third)\s+(?:place|prize)|data\s?sets?(?!\s*:)|benchmarks?|challenge|competition|tutorial|lecture\s+notes\s+for|reviews?\s+(?:of|from)|supersedes)\b)"
    r"|(?P<pos>(?:accepted|accept|acceptance|appear|appears|appeared|appearing|published|publishes|presented|presenting|in\s+press|camera[- ]ready|to\s+be\s+(?:published|presented))\b)"
    r"|(?P<weak>(?:publication|publishing|presentation|proceedings|proc|oral|poster|spotlight|version|extension|extends|extended|paper|article|press|preprint|manuscript|at|in|by|from|abstract|talk|award|supplement\w*|appendix|invited|conference|journal)\b))"
)
WORKSHOP = re.compile(r"\b[Ww](?:orkshops?|ORKSHOPS?|KSHP|kshp)\b")
WORKSHOP_NEXT = re.compile(
    r"[^.;]{0,12};(?:(?!\bat\b|presented|accepted)[^.;]){0,60}\bworkshop\b", re.IGNORECASE
)  # "ICCV 2025; OpenSUN3D Workshop"
NO_WORKSHOP = re.compile(r"workshop\s*(?:and|&|\+)\s*conference\s+proc|W&CP", re.IGNORECASE)
AFTER_NEGATIVE = re.compile(
    r"[\s,:;()'\d-]{0,12}(?:\w+\s+){0,2}?\(?(?:submission|submitted|under\s+review|in\s+submission|in\s+review|rejected|format|template|style|challenges?|competitions?|benchmark|"
    r"data\s?set|tutorial|shared\s+task|reviewers?|deadline|call\s+for|phd\s+forum|doctoral|summit)\b"
)
#: "NeurIPS'25 Datasets and Benchmarks Track" is a part of the conference.
TRACK_AFTER = re.compile(r"[\s,:;()'\d-]{0,12}data\s?sets?\s*(?:and|&)\s*benchmarks?\b")
#: Before the name of a venue: "In proceedings of USENIX HotStorage, San Jose".
PROCEEDINGS_OF = re.compile(
    r"\bproc(?:eedings|\.)?\s+(?:of\s+)?(?:the\s+)?(?:(?:ieee|acm|usenix|annual|international|\d+-?(?:st|nd|rd|th)|(?:19|20)\d\d)[\s/]+)*$"
)
#: Before a name that is only the end of a longer one, by the kind of its series: "International Journal of Nanotechnology".
END_OF_NAME = {
    "journal": re.compile(
        r"\b(?:(?:international|european|american|asian)\s+journal|conference|symposium|workshop|congress|school)\s+(?:of|on|for|in)\s+(?:the\s+)?$"
    ),
    "conference": re.compile(r"\b(?:journal|transactions)\s+(?:of|on)\s+(?:the\s+)?$"),
}
#: Behind the short name of who runs it: "Proceedings of the 9th ACIS Conference on".
ITS_CONFERENCE = re.compile(r"\s+(?:international\s+)?(?:conference|symposium|workshop|congress)\b")
NOT_YET = re.compile(r"\((?:to be )?(?:submitted|under review|in review)\b")
#: Behind an accepted paper's venue it tells how the paper was set: "Accepted to NPC 2025, LNCS format".
SET_IN = re.compile(r"[\s)\d]*,\s+(?:\w+\s+){1,2}(?:format|template|style)\b")
PRAISE = re.compile(
    r"[\s)'-]{1,3}(?:final\s+)?(?:conference\s+)?(?:camera|papers?\b|version|oral|spotlight|poster|proceedings|full\s+paper|main)"
)
#: Before a name without a head of its own: "Workshop on Answer Set Programming and Other Computing Paradigms".
HEAD_BEFORE = re.compile(
    r"(?:Conference|Symposium|Workshop|Congress|Colloquium|Meeting|Conf\.|Symp\.) (?:on|of|for|in) (?:the )?$"
)
NEXT = re.compile(r"(?:,|\band|\balso|\.|\()\s*(?:also\s+|was\s+|to\s+)*$")  # before a verb that opens another clause
AND_AS = re.compile(r"\band\s+(?:also\s+)?(?:as|at|in)\s")
HEADED = re.compile(
    r"conf|symp|work|trans|journal|j\.|lett|rev|proc|annals|meeting|advances|(?-i:\b[A-Z]{3})", re.IGNORECASE
)
#: The end of lower-case text before a conference that only lent its roof.
HOSTED = re.compile(
    r"(?:co-?\s?located|collocated|conjunction|affiliated|satellite|associated|held|alongside|jointly|(?<!version )(?<!paper )\(at)[\s\w,-]{0,30}$"
)
HOSTED_AT = re.compile(r"\b(?!accepted|presented|published|appear|poster|paper|oral)\w+\)?\s?@\s?$", re.IGNORECASE)
CONTINUES = re.compile(
    r"\s*(?:(?:,?\s+and|\s&|\s+for|\s+of|\s+on)\s+(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|IEEE|ACM|USENIX|the\b|RA-?L|The\b|Automation\s+Letters)[A-Z]|\s(?:Theory|Applications?|Technolog|Engineering|Intelligence|Computing|Research|Systems|Methods|"
    r"Techniques|Education|Challenges|Tools|Companion\b(?=\s+of)))"
)
NAME_GOES_ON = re.compile(
    r" (?!Vol|Special|Issue|Journal\b|Spring|Elsev|Wiley|Letters\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Project|Code|No\b)[A-Z][a-z]+"
    r"|(?: (?:19|20)\d\d)?(?: \d+-?(?:st|nd|rd|th))? (?:International|Annual|IEEE|ACM|Conference|Workshop|Symposium)\b"
)
#: A full name that goes on to another acronym: "Conference on Big Data Computing, Applications and … (BDCAT 2025)".
OTHER_NAME = re.compile(
    r"(?:,? (?:and |of |for |in |& )?[A-Z][\w-]+){1,8} \((?P<acronym>[A-Z][A-Za-z]*[A-Z][A-Za-z]*)[ )'-]"
)
#: Small words inside names of venues.
SMALL = STOP | {"with", "by", "from", "as"}
ADDRESS = re.compile(r"\.[a-z]{2}|[_@]")
REGION = re.compile(r"(?:^|[\s(])(?P<word>[A-Z][a-z]+(?:-[A-Z][a-z]+)?)\s+$")
JOURNAL_EDGE = re.compile(
    r"\s*(?:$|[.,;:()\[\]]|\d|journal\b|vol|special|\(|in\b|on\b|with\b|as\b|and\s+available|http|doi|-\s)",
    re.IGNORECASE,
)
FILL = re.compile(
    r"(?:[\s,:()\"'-]|\b(?:at|to|in|on|by|for|the|of|be|an?|and|as|with|from|full|short|long|regular|main|poster|oral|spotlight|paper|papers|article|publication|presentation|press|proceedings|proc\.?|journal|conference|elsevier|springer|wiley|ieee|acm|special|issue|edition|annual|international|track|research|technical|\d+-?(?:st|nd|rd|th)))*$"
)
TITLE = re.compile(
    r"[\s,;.(]*(?:in:?\s+|proc(?:eedings|\.)?\s+(?:of\s+)?(?:the\s+)?|the\s+|published\s+in:?\s+)*$", re.IGNORECASE
)
ABSTRACT = re.compile(
    r"\b(?:this|the\s+present|our)\s+(?:paper|work|article|manuscript|report)\s+(?:has\s+been\s+|was\s+|is\s+|will\s+be\s+)?(?:accepted|published|appeared|appears|presented|to\s+appear|will\s+appear)\s+(?:for\s+\w+\s+)?(?:at|in|by|to)\b"
    r"|\b(?:preliminary|earlier|short|shorter|conference|extended|full|journal|abridged)\s+(?:\w+\s+)?(?:version|abstract)\s+(?:of\s+(?:this|the|our)\s+\w+\s+)?(?:has\s+|was\s+|is\s+|will\s+|to\s+)?(?:been\s+|be\s+)?(?:accepted|published|appeared|appears|appear|presented)\s+(?:\w+\s+)?(?:at|in|by|to)\b",
    re.IGNORECASE,
)
NAMED = re.compile(r"\b(?:Conference|Symposium|Workshop|Congress|Journal|Transactions|Colloquium)\b[^.;()]*\($")
TENS_WORD = re.compile("|".join(TENS))
#: The verbs of `ABSTRACT`, each with a pattern that begins with it (which is what makes the search fast).
VERBS = tuple(
    (verb, re.compile(verb + r"(?:s|ed)? (?:for )?(?:\w+ )?(?:at|in|by|to) "))
    for verb in ("appear", "accepted", "published", "presented")
)
#: Words in front of a full name that do not make it another's: "at the Joint Conference on …".
BEFORE_NAMES = frozenset(
    "the annual accepted appear workshop international world computer society elsevier springer joint full biennial".split()
)
YEAR_QUOTED = re.compile(r"\s?'(\d\d)\b")
#: Between a journal and the conference whose proceedings its issue is.
ISSUE = re.compile(
    r"[\s,(\[/:'\"&\d-]*+(?:(?:IEEE|ACM|special|issue|of|on|the|and|with|Proceedings|Proc|in|as|part|volume|vol|track|"
    r"conference|papers|journal|option|presented|at|to|TOG|for|presentation)[\s.,(/:)-]*+|\d++[\s.,]*+)*+",
    re.IGNORECASE,
)

# A workshop that no row lists, named beside its host. After it: "NeurIPS SPIGM 2025", "MICCAI-OMIA", "CVPR-W".
_NAME = r"(?P<name>[A-Za-z](?:[A-Za-z0-9&@+]|-(?=[A-Za-z]))*?)"
GUEST_AFTER = re.compile(
    rf"[ -]{_NAME}(?: ?(?:19|20)\d\d| ?['-]\d\d)\b|-{_NAME.replace('name', 'joined')}(?<![A-Za-z]\d\d)(?![\w&@+])"
)
WORKSHOPS_AFTER = re.compile(r"[ -]W\b")
# Before it: "OSACT7 (LREC 2026)", "at BigScholar, WWW 2015", "UDM-KDD'24".
GUEST_BEFORE = re.compile(
    rf"(?:^|[.;,:] |\b(?P<at>at|to|in|of)\s+(?:the\s+)?(?:\d\d?-?(?:st|nd|rd|th)\s+)?){_NAME}"
    rf"(?:(?:[ -]?'?\d\d(?:\d\d)?)? ?\(|(?P<comma>, ))$"
)
# "EMC^2 2019 - NeurIPS 2019"
GUEST_DASHED = re.compile(
    r"(?:^|[.;,:] |\b(?:at|to|in) )(?P<name>[A-Za-z][A-Za-z0-9&@+^]*)[ -]?'?\d\d(?:\d\d)? [-\u2013] $"
)
#: "WQB @ ICML 2026", "WQB at ICML 2026"
GUEST_AT = re.compile(
    rf"(?:^|[.;,:] |\b(?:at|to|in)\s+(?:the\s+)?(?:\d\d?-?(?:st|nd|rd|th)\s+)?){_NAME}(?:[ -]?'?\d\d(?:\d\d)?)?(?: at |\s?@\s?)$"
)
GUEST_JOINED = re.compile(rf"(?:^|[\s(]){_NAME}-$")
#: Behind a hyphen these tell an edition from others: "ISGT-ASIA", "Euro-Par".
REGIONS = frozenset("asia europe america china india latam africa oceania pacific".split())
ROMAN = re.compile(r"[IVXLC]+")
#: Tracks of a conference, series of books and weeks of conferences: no workshops, whatever they look like.
HOUSE = frozenset(
    "SEIP SEIS SEET JSEET NIER ERA EA LBW LBR DB D&B ADS AISI HPC PHD ORAL POSTER HIGHLIGHT SPOTLIGHT MAIN MAINS FINDINGS "
    "INDUSTRY DEMO DEMOS TRACK SHORT LONG CONFERENCE PROCEEDINGS PROC JOURNAL CONF ACCEPTED PUBLISHED PAPER WORKSHOP "
    "LNCS LNAI LNBIP LIPICS EPTCS CEUR CEUR-WS PMLR PACMPL PACMHCI PACM PVLDB POMACS POPETS IMWUT TOG CGF TVCG RA-L RAL "
    "TACL JMLR CORR ARXIV CCIS AISC IFIP-AICT W&CP PDF USA UK UAE NYC EU ESWEEK FLOC FCRC ETAPS STAF CPSWEEK FSS SSS TEL NOW REPORT LATE-BREAKING-REPORT".split()
)

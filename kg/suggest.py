"""Names and terms that a corpus uses and no vocabulary has, ranked, as rows of the vocabulary's own form to judge.

Three kinds of candidates, each counted once per paper:

- abbreviation  a long form that papers define a short form for (Schwartz & Hearst 2003)
- name          a word with odd casing ("vLLM", "RDMA"), or a capitalised one in a naming position ("such as Zenoh")
- phrase        two to four words that end with a technical head word ("speculative execution")

Papers are read as a stream. Memory is bounded by lossy counting (Manku & Motwani 2002): when more than
`MAX_CANDIDATES` are held, those seen least are dropped, and what comes back later starts at the floor they fell under.
Below that bound (some 100,000 abstracts) every count is exact.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import VocabularyError
from kg.linking import abbreviations
from kg.linking.discover import head_kind, name_like
from kg.linking.text import View
from kg.model import CLASSES, Paper
from kg.ontology import slug
from kg.vocabulary import FILES, HEADER, Vocabulary, file_kind

#: Candidates held at once; each takes about 300 bytes.
MAX_CANDIDATES = 1_000_000

#: Ends of phrases that name something technical, by the class that they suggest.
HEADS = {
    "system": "compiler database framework hypervisor interpreter kernel language library middleware runtime scheduler "
    "simulator system toolkit",
    "hardware": "accelerator architecture cache chip circuit core device gpu interconnect memory microprocessor processor "
    "register storage switch",
    "technique": "aggregation algorithm allocation attention backpropagation batching caching checkpointing clustering "
    "coding coherence compilation compression computing control convolution decoding decomposition descent distillation "
    "embedding encoder encoding encryption estimation execution factorization filter filtering fusion graph hashing "
    "index indexing layer learning locking mapping mechanism method migration mining model multiplication network offloading "
    "parallelism partitioning pipeline pipelining policy prefetching programming propagation protocol pruning "
    "quantization queue regression replication representation sampling scheduling search sharding solver sorting "
    "sparsity speculation synchronization tiling transform transformer tree tuning vectorization virtualization",
    "dataset": "benchmark corpus dataset",
    "task": "analysis analytics assignment classification debugging deployment detection forecasting generation inference "
    "localization management mitigation monitoring navigation optimization orchestration planning prediction "
    "problem profiling reasoning recognition recommendation reconstruction rendering retrieval routing segmentation "
    "serving simulation summarization synthesis testing tracking training translation verification",
}  # fmt: skip
_HEAD = {word: kind for kind, words in HEADS.items() for word in words.split()}

#: Words that no term begins with or holds: function words, judging adjectives, verbs and nouns of papers on papers.
_STOP = frozenset(
    """a about above achieve achieved achieves achieving across after against all allow allows almost along also although
among an and another any apply applied applying approximate are arbitrary as at available average based be because been before being best better
between beyond both but by can case certain challenging classic classical combined common commonly compare compared comparing complete
complex comprehensive computationally consider considered considering consists conventional could current current-generation
demonstrate demonstrates describe described designed designing desired detailed develop developed developing different difficult
direct discuss do does during each early effective efficient efficiently either employ employing enable enables enabling
enhance enhanced enhancing entire especially essential evaluate evaluated evaluating even every example existing extensive
fast faster few final finally find first five following for four from full fully fundamental further future general
generic give given gives good great greatly has have having help high highly holistic how however ideal if important improve improved
improves improving in include includes including increase increased increasing individual inherent initial innovative
integrate integrated integrating interesting into introduce introduces investigate is issue it its itself just key known large larger
largest latest lead leading less leverages leveraging like long low lower main major make makes making many may mean
might modern more moreover most much multiple named namely natural nature necessary need needed needs new next no nor
not novel now number obtain obtained obtaining of often old on one only optimal or order original other our out over overall
own paper particular perform performed performing performs popular possible potential powerful practical present presented
presents previous prior promising propose proposed proposes proposing provide provided provides providing quite rather
real realistic recent recently reduce reduced reduces reducing related relevant reliable require required requires resulting results
robust same scalable second see several shared-task should show showed shown shows significant significantly similar simple
simpler since single six small smaller so solve solves solving some sophisticated special specific standard state-of-the-art still
strong studied study studying such suitable support supports than that the their them then there these they third this those
three through throughout thus to together too total toward towards traditional train trained two typical typically under
underlying understand understanding unified unique unlike until up upon us use used useful user uses using usual usually utilize utilizes
utilizing various very via was way we well well-known were what when where whether which while who whole whose why wide
widely will with within without work working would yet your""".split()
)

_ODD = re.compile(r"(?<![\w@/.\\-])[A-Za-z][A-Za-z0-9]*(?:[-+.][A-Za-z0-9]+){0,3}\+{0,2}(?![\w@/\\-])")
_NAMING = re.compile(
    r"\b(?:such as|called|named|like|on top of|built on|written in|implemented in|implementations? in|based on|including|e\.g\.,?) "
    r"([A-Z][a-z]{2,20})(?=[,.;:)]| and\b| or\b| to\b)"
)
_HEADED = re.compile(
    r"(?<![.?!:] )(?<!^)\b([A-Z][a-z]{2,20}) (?:framework|library|compiler|platform|toolkit|runtime|simulator|dataset|"
    r"benchmark|language|database|supercomputer|processor|accelerator|engine|scheduler|programming language)s?\b"
)
#: Adjectives of places, people and schools look like names and are none.
_ADJECTIVE = re.compile(r"(?:ian|ean|ish|ese|ic|al|ese|ive|ous|can|ern|ed|ing|ly)$")
_WORDS = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?: [a-z][a-z0-9]*(?:-[a-z0-9]+)*)+")
_HARD_NAME = re.compile(r"\d|[A-Z].*[A-Z]")
_FOLLOWING = 60  # characters after a name that its class is read from
_MAX_WORDS = 4

"""Graphs for the tests of the page: a small one full of hostile strings, and plausible ones of any size."""

from __future__ import annotations

import random

from kg.graph import KnowledgeGraph
from kg.model import Author, Claim, Edge, Edition, Entity, Evidence, Facts, Paper, Statement, Venue

SCRIPT = "</script><script>window.pwned=1</script>"
IMAGE = '<img src=x onerror=window.pwned=1>"'
HREF = "<a href='javascript:window.pwned=1'>href</a>"
URL = "javascript:window.pwned=1"
MARKS = "\u202eRTL\u202c \u200fmark\u200e"
HOSTILE = " ".join((SCRIPT, IMAGE, HREF, URL, MARKS, "<!-- \n\r\u2028 ${7*7} {{7*7}} \\ ' \U0001f680"))


def evidence(paper: Paper, field: str, exact: str, rule: str = "test", score: float = 0.9) -> Evidence:
    """The first place of `exact`, with the sentence around it (cut at ". ")."""
    text = paper.text(field)
    start = text.index(exact)
    end = start + len(exact)
    sentence_start = text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0
    stop = text.find(". ", end)
    return Evidence(
        paper.id, field, start, end, sentence_start, stop + 1 if stop >= 0 else len(text), exact, rule, score
    )


def edge(paper: Paper, role: str, entity: str, exact: str, confidence: float = 0.9) -> Edge:
    return Edge(Statement(paper.id, role, entity), confidence, (evidence(paper, "abstract", exact),))


def small_graph() -> KnowledgeGraph:
    """Two papers, seven entities, one edition, three claims; nothing hostile. The first abstract is not ASCII."""
    ansor = Paper(
        id="arxiv:2006.06762",
        title="Ansor: Generating High-Performance Tensor Programs",
        abstract="𝔽ast tensor programs are hard. We present Ansor, a framework with evolutionary search. "
        "Ansor improves execution performance on the Intel CPU and NVIDIA GPU by up to 3.8x and 1.7x. "
        "It does more than TVM.",
        authors=(Author("Ada Example"), Author("Bo Example", "0000-0002-1825-0097")),
        date="2020-06-11",
        comments="Accepted at OSDI 2020",
        categories=("cs.LG",),
        sources=("a.txt",),
    )
    other = Paper(
        id="doi:10.1000/xyz",
        title="A Study of Ray",
        abstract="We use Ray on the NVIDIA GPU. It lowers latency by 39%.",
        date="2018-01-02",
        doi="10.1000/xyz",
    )
    entities = (
        Entity(id="system/ansor", label="Ansor", discovered=True),
        Entity(id="system/tvm", label="TVM", aliases=("Apache TVM",), url="https://tvm.apache.org"),
        Entity(id="system/ray", label="Ray", definition="A framework for distributed programs."),
        Entity(id="technique/evolutionary-search", label="evolutionary search"),
        Entity(id="hardware/intel-cpu", label="Intel CPU", broader=("hardware/cpu",)),
        Entity(id="hardware/cpu", label="CPU"),
        Entity(id="hardware/nvidia-gpu", label="NVIDIA GPU"),
        Entity(id="metric/latency", label="latency"),
    )
    facts = (
        Facts(
            paper=ansor,
            edges=(
                edge(ansor, "introduces", "system/ansor", "Ansor", 0.98),
                edge(ansor, "comparesWith", "system/tvm", "TVM", 0.7),
                edge(ansor, "evaluatesOn", "hardware/intel-cpu", "Intel CPU", 0.95),
                edge(ansor, "evaluatesOn", "hardware/nvidia-gpu", "NVIDIA GPU", 0.95),
                edge(ansor, "uses", "technique/evolutionary-search", "evolutionary search", 0.9),
            ),
            claims=tuple(
                Claim(
                    paper=ansor.id,
                    evidence=evidence(ansor, "abstract", f"{value}x"),
                    unit="x",
                    value=value,
                    comparator="UpTo",
                    direction="Increase",
                    metric_text="execution performance",
                    subject="system/ansor",
                    hardware=(hardware,),
                    improvement_factor=value,
                )
                for value, hardware in ((3.8, "hardware/intel-cpu"), (1.7, "hardware/nvidia-gpu"))
            ),
            editions=(
                Edition("venue/osdi", 2020, "", 0.97, evidence(ansor, "comments", "OSDI 2020", "accepted", 0.97)),
            ),
        ),
        Facts(
            paper=other,
            edges=(
                edge(other, "uses", "system/ray", "Ray", 0.6),
                edge(other, "runsOn", "hardware/nvidia-gpu", "NVIDIA GPU", 0.8),
            ),
            claims=(
                Claim(
                    paper=other.id,
                    evidence=evidence(other, "abstract", "39%"),
                    unit="%",
                    value=39.0,
                    direction="Decrease",
                    metric="metric/latency",
                    subject="system/ray",
                    baseline_text="before",
                ),
            ),
        ),
    )
    return KnowledgeGraph(facts, entities, (Venue(id="venue/osdi", label="OSDI"),))


def dated_graph() -> KnowledgeGraph:
    """Papers of 2018 and 2021, the first at a meeting of 2019 and with a claim: on one hierarchy of three."""
    old = Paper(
        id="abs:old", title="Old", abstract="A GPU is a chip and 2x faster.", comments="CCC 2019", date="2018-05-01"
    )
    new = Paper(id="abs:new", title="New", abstract="A chip is hardware.", date="2021-05-01")
    at = Edition("venue/ccc", 2019, "", 0.9, evidence(old, "comments", "CCC 2019"))
    facts = (
        Facts(
            paper=old,
            edges=(edge(old, "uses", "hardware/gpu", "GPU"), edge(old, "uses", "hardware/chip", "chip")),
            claims=(Claim(paper=old.id, evidence=evidence(old, "abstract", "2x"), unit="x", value=2.0),),
            editions=(at,),
        ),
        Facts(paper=new, edges=(edge(new, "uses", "hardware/chip", "chip"),)),
    )
    entities = (
        Entity(id="hardware/gpu", label="GPU", broader=("hardware/chip",)),
        Entity(id="hardware/chip", label="chip", broader=("hardware/thing",)),
        Entity(id="hardware/thing", label="thing"),
    )
    return KnowledgeGraph(facts, entities, (Venue(id="venue/ccc", label="CCC"),))


def hostile_graph() -> KnowledgeGraph:
    """The strings above in every field that holds text, ids included; also an infinite number and an empty label."""
    paper = Paper(
        id=f"abs:{HOSTILE}",
        title=HOSTILE,
        abstract=f"{HOSTILE}. We use {HOSTILE} for 5{HOSTILE}. End",
        comments=HOSTILE,
        journal_ref=HOSTILE,
        doi=f"{URL}//{HOSTILE}",
        authors=(Author(HOSTILE, HOSTILE),),
        date="20x0-99-99",
        categories=(HOSTILE,),
        urls=(URL, f"https://example.org/{IMAGE}", "data:text/html,<script>window.pwned=1</script>"),
        sources=(HOSTILE,),
    )
    fake = Paper(id=f"arxiv:{IMAGE}", title="", abstract="")
    named = f"system/{HOSTILE}"
    entities = (
        Entity(
            id=named, label=HOSTILE, aliases=(HOSTILE, SCRIPT), definition=HOSTILE, url=URL, broader=("system/empty",)
        ),
        Entity(id="system/empty", label=""),
        Entity(id=f"__proto__/{SCRIPT}", label="constructor"),
    )
    found = evidence(paper, "abstract", HOSTILE, rule=HOSTILE)
    claim = Claim(
        paper=paper.id,
        evidence=found,
        unit=HOSTILE,
        value=float("inf"),
        comparator=HOSTILE,
        direction=HOSTILE,
        metric_text=HOSTILE,
        subject=named,
        baseline_text=HOSTILE,
        hardware=(f"hardware/{HOSTILE}",),
        condition_text=HOSTILE,
        improvement_factor=float("nan"),
    )
    facts = Facts(
        paper=paper,
        edges=(
            Edge(Statement(paper.id, "uses", named), 0.5, (found,)),
            Edge(Statement(paper.id, HOSTILE, named), 1, ()),
        ),
        claims=(claim, claim),
        editions=(Edition(f"venue/{HOSTILE}", 2020, HOSTILE, 0.5, found),),
    )
    venues = (Venue(id=f"venue/{HOSTILE}", label=HOSTILE, aliases=(HOSTILE,), kind=HOSTILE, url=URL),)
    return KnowledgeGraph((facts, Facts(paper=fake)), entities, venues)


TOPICS = {
    "model serving": (
        ["continuous batching", "KV cache", "speculative decoding"],
        ["vLLM", "Clipper", "Triton Server"],
    ),
    "tensor compilation": (["auto-scheduling", "loop tiling", "operator fusion"], ["TVM", "Ansor", "XLA", "Halide"]),
    "cluster scheduling": (["gang scheduling", "preemption", "bin packing"], ["Kubernetes", "YARN", "Ray", "Slurm"]),
    "distributed training": (["pipeline parallelism", "all-reduce", "gradient compression"], ["Horovod", "PyTorch"]),
    "accelerator design": (["systolic array", "dataflow", "design space exploration"], ["Timeloop", "Chipyard"]),
    "stream processing": (["windowed join", "backpressure", "exactly-once delivery"], ["Flink", "Kafka", "Spark"]),
    "graph analytics": (["vertex cut", "label propagation", "sparse matrix product"], ["Gunrock", "GraphX", "Ligra"]),
    "storage engines": (["log-structured merge tree", "erasure coding", "write-ahead log"], ["RocksDB", "Ceph"]),
}
HARDWARE = ["GPU", "CPU", "FPGA", "NVIDIA A100", "NVIDIA V100", "TPU", "SSD", "Raspberry Pi", "RISC-V"]
DATASETS = ["ImageNet", "CIFAR-10", "TPC-H", "MLPerf", "YCSB", "Google cluster trace", "ogbn-products", "SQuAD"]
METRICS = ["throughput", "latency", "training time", "energy", "memory footprint"]
VENUES = {"mlsys": "MLSys", "osdi": "OSDI", "icpp": "ICPP", "isca": "ISCA", "vldb": "VLDB", "sc": "SC"}


def plausible_graph(papers: int, seed: int = 0) -> KnowledgeGraph:
    """About 2.5 nodes per paper, power-law popularity, topics that hold together, a sentence behind every edge."""
    rng = random.Random(seed)
    entities: dict[str, Entity] = {}

    def entity(kind: str, label: str, broader: tuple[str, ...] = (), discovered: bool = False) -> str:
        id_ = f"{kind}/{'-'.join(label.lower().split())}"
        entities.setdefault(id_, Entity(id=id_, label=label, broader=broader, discovered=discovered))
        return id_

    entity("hardware", "accelerator")
    facts = []
    for number in range(papers):
        topic = rng.choice(list(TOPICS))
        techniques, systems = TOPICS[topic]
        name = f"{rng.choice(['Auto', 'Flex', 'Hyper', 'Tera', 'Swift', 'Neo'])}{rng.choice(['Flow', 'Serve', 'Graph'])}-{number}"
        technique = rng.choice(techniques) + (f" variant {number // 9}" if number % 3 == 0 else "")
        system = rng.choice(systems) if rng.random() < 0.7 else f"{rng.choice(systems)} {number // 7}"
        hardware = HARDWARE[min(int(rng.expovariate(0.5)), len(HARDWARE) - 1)]
        dataset = rng.choice(DATASETS) + (f" v{number // 20}" if number % 4 == 0 else "")
        factor = round(1.1 + rng.expovariate(0.6), 2)
        metric = rng.choice(METRICS)
        paper = Paper(
            id=f"arxiv:{2001 + number % 500:04}.{number:05}",
            title=f"{name}: {technique.capitalize()} for {topic.title()}",
            abstract=f"Modern {topic} must scale to ever larger workloads. We present {name}, a system that applies "
            f"{technique} to reduce its cost. Unlike {system}, it adapts to the load at run time. {name} runs on "
            f"{hardware} without changes to the program. On {dataset}, it improves {metric} by up to {factor}x over "
            f"{system}, and we give an analysis of where the time goes.",
            authors=tuple(Author(f"{a} Example") for a in rng.sample(["Ada", "Bo", "Chen", "Dana", "Eli", "Farah"], 3)),
            date=f"{rng.randint(2015, 2024)}-0{rng.randint(1, 9)}-11",
            categories=("cs.DC",),
            comments=f"Accepted at {(venue := rng.choice(list(VENUES.values())))} {rng.randint(2018, 2024)}",
        )
        ids = {
            "introduces": entity("system", name, discovered=True),
            "uses": entity("technique", technique),
            "comparesWith": entity("system", system),
            "runsOn": entity("hardware", hardware, ("hardware/accelerator",)),
            "evaluatesOn": entity("dataset", dataset),
            "addresses": entity("task", topic),
        }
        words = {"introduces": name, "uses": technique, "comparesWith": system, "runsOn": hardware}
        words |= {"evaluatesOn": dataset, "addresses": topic}
        roles = [r for r in ids if r != "evaluatesOn" or rng.random() < 0.8]
        edges = tuple(edge(paper, r, ids[r], words[r], round(rng.uniform(0.55, 0.99), 2)) for r in roles)
        claims = (
            Claim(
                paper=paper.id,
                evidence=evidence(paper, "abstract", f"{factor}x"),
                unit="x",
                value=factor,
                comparator="UpTo",
                direction="Increase",
                metric_text=metric,
                subject=ids["introduces"],
                baseline=ids["comparesWith"],
                hardware=(ids["runsOn"],),
                improvement_factor=factor,
            ),
        )
        slug = next(k for k, v in VENUES.items() if v == venue)
        place = evidence(paper, "comments", paper.comments.removeprefix("Accepted at "), "accepted", 0.97)
        editions = (Edition(f"venue/{slug}", int(paper.comments[-4:]), "", 0.97, place),)
        facts.append(Facts(paper=paper, edges=edges, claims=claims, editions=editions if number % 3 else ()))
    venues = tuple(Venue(id=f"venue/{slug}", label=label) for slug, label in VENUES.items())
    return KnowledgeGraph(facts, entities.values(), venues)

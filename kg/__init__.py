"""paperkg: a typed knowledge graph of systems papers, with the evidence on every edge.

The four doors of the library; each loads what it needs when it is called, so ``import kg`` does nothing.

>>> import kg
>>> report = kg.build(["seeds"], "exports")        # doctest: +SKIP
>>> graph = kg.open("exports")                     # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.build import add, build, refresh, remove, update
    from kg.explore import open_graph as open
    from kg.linking.component import nlp
    from kg.linking.linker import link

__version__ = "0.1.0"
__all__ = ["__version__", "add", "build", "link", "nlp", "open", "refresh", "remove", "update"]

_DOORS = {
    "add": ("kg.build", "add"),
    "build": ("kg.build", "build"),
    "link": ("kg.linking.linker", "link"),
    "nlp": ("kg.linking.component", "nlp"),
    "open": ("kg.explore", "open_graph"),
    "refresh": ("kg.build", "refresh"),
    "remove": ("kg.build", "remove"),
    "update": ("kg.build", "update"),
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'kg' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    room = import_module(_DOORS[name][0])
    # Importing the submodule `kg.build` has put the module under the name of the function: all its doors are opened at once.
    globals().update(
        {door: getattr(room, attribute) for door, (of, attribute) in _DOORS.items() if of == room.__name__}
    )
    return globals()[name]


def __dir__() -> list[str]:
    return __all__

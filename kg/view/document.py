"""One HTML file that is safe with hostile data: nothing in it is fetched, and no text of the graph can become code.

Three fences: the template escapes everything; data is JSON in a script element that no browser executes, with every
`<` written as \\u003c; the content security policy lets run only the scripts whose hashes it lists.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).parent

#: The page's own scripts in the order they run: what both pages share, and what reads and draws in each of them.
SHARED = (
    "walk", "state", "address", "panel", "search", "filters", "claims", "query", "share", "picture", "keys", "app",
)  # fmt: skip
SMALL = ("dom", "words", "slices", "model", "look", "lines", "labels", "canvas", *SHARED)
LARGE = (
    "dom", "words", "slices", "grid", "finder", "packed", "look", "lines", "labels", "gl", "pointer", "explorer", *SHARED,
)  # fmt: skip


def document(title: str, data: Any, blobs: Mapping[str, str] | None = None) -> str:
    """The file's text. `data` is anything JSON can hold; what it cannot is written as its `str`.

    With `blobs`, base64 texts by id, it is the page that reads `pack.pack`'s columns and shards and draws with WebGL;
    without, the one that reads rows and draws with vis-network.
    """
    scripts = (_vis(), _own_scripts(SMALL)) if blobs is None else (_own_scripts(LARGE),)
    style = _style()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(_hash(s) for s in scripts)}",
            f"style-src {_hash(style)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    html: str = _template().render(
        title=title.encode("utf-8", "replace").decode() or "Knowledge graph",
        policy=policy,
        style=Markup(style),
        data=Markup(_json(data)),
        blobs=blobs or {},
        scripts=[Markup(s) for s in scripts],
    )
    return html


def _json(data: Any) -> str:
    """ASCII only: characters that end lines or hide in other scripts stay visible in the source."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_plain)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _vis() -> str:
    """vis-network as the installed pyvis ships it, made fit to stand inside a script element."""
    spec = importlib.util.find_spec("pyvis")
    assert spec is not None and spec.origin is not None
    source = (Path(spec.origin).parent / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text(encoding="utf-8")
    source = re.sub(r"//# sourceMappingURL=\S*", "", source)  # else developer tools ask for a file that is not there
    return _inline(source)


@cache
def _own_scripts(names: tuple[str, ...]) -> str:
    """One function, so that nothing of it is global; it waits, because a large page's data is inflated by the browser."""
    parts = [(HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in names]
    waits = "async " if "packed" in names else ""
    return _inline(f'({waits}() => {{\n"use strict";\n' + "\n".join(parts) + "})();\n")


@cache
def _style() -> str:
    return (HERE / "page.css").read_text(encoding="utf-8").replace("</", "<\\/")


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _escaped(found: re.Match[str]) -> str:
    """A character as JavaScript escapes it, by its UTF-16 units."""
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))


def _inline(source: str) -> str:
    """In a script, a `<` that would end or hide the element is written as \\x3c, which its strings read as the same; so is what
    is not ASCII, as a script must be, to the letter, what was hashed, whatever encoding it is read in."""
    source = _NOT_ASCII.sub(_escaped, source.replace("\r\n", "\n"))
    return re.sub(r"<(?=/script|script|!--)", r"\\x3c", source, flags=re.IGNORECASE)


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html.j2")

"""The errors a user can meet. Each says what, where and what now; the command line prints them without a traceback."""

from __future__ import annotations


class KGError(Exception):
    """Base of every error that `kg` raises on purpose."""


class InputError(KGError):
    """An input file cannot be read at all: missing, empty, binary, of unknown format."""


class VocabularyError(KGError):
    """A vocabulary file breaks a rule of its form."""


class StoreError(KGError):
    """A graph folder is missing, damaged, or from another version."""


class DamagedError(StoreError):
    """A file of a graph folder is there and cannot be read: cut, changed, or closed to this user."""


class EngineError(KGError):
    """Batches cannot be run: a worker process was killed again and again."""


class EvidenceError(KGError):
    """A quote does not equal the text it points to. A build never finishes with one."""


class QueryError(KGError):
    """A SPARQL query does not parse or asks for what is not allowed."""


class ServeError(KGError):
    """A server cannot start: its address is taken, or what it needs is not installed."""


class PushError(KGError):
    """A remote store cannot be reached, refuses what is sent, or is none."""


class ViewError(KGError):
    """A page cannot be made as it was asked for."""

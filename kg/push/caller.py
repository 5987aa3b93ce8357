"""One HTTP connection to a store: sends, shows who it is, tries again after faults that pass, explains the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from kg import __version__
from kg.errors import PushError

#: Seconds between tries: the first wait, and the longest.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0

#: Statuses after which the same request may succeed.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

#: Statuses that a smaller request may not meet: too large, and what parsers and compilers of updates say when they run
#: out of memory (Virtuoso: 400 at about 5,000 triples).
_TOO_MUCH = frozenset({400, 413, 500})


class TooMuchError(PushError):
    """The server refused a request that a smaller one may pass."""


class Caller:
    """One connection to the endpoint, kept open: sends, shows who it is, and tries again after faults that pass."""

    def __init__(
        self, endpoint: str, *, token: str, user: str, retries: int, timeout: float, sleep: Callable[[float], None]
    ) -> None:
        try:
            parts = urlsplit(endpoint)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            whole = whole and endpoint.isprintable() and not re.search(r"\s", endpoint)
        except ValueError:
            whole = False
        if not whole:
            raise PushError(
                f"{_printable(endpoint)}: not an endpoint; give its URL, such as http://localhost:7878/update"
            )
        if "@" in parts.netloc:
            login, _, netloc = parts.netloc.rpartition("@")
            user, parts = user or unquote(login), parts._replace(netloc=netloc)
        for option, shown in (("--token", token), ("--user", user)):
            if not shown.isprintable() or (option == "--token" and not shown.isascii()):
                raise PushError(
                    f"{option} has characters that no request can carry; is it cut, or another file's text?"
                )
        #: The address without a password, for messages and the ledger.
        self.shown = urlunsplit(parts._replace(fragment=""))
        self.requests = 0
        self._user = user
        self._retries, self._timeout, self._sleep = retries, timeout, sleep
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"paperkg/{__version__}"
        self._session.headers["Accept"] = "application/sparql-results+json, application/json;q=0.9, */*;q=0.1"
        if token:
            self._session.auth = _Bearer(token)

    def close(self) -> None:
        """End the connection."""
        self._session.close()

    def post(
        self, body: str | bytes, kind: str, *, query: str = "", first: bool = False, check: bool = True
    ) -> requests.Response:
        """Send one request and return its answer.

        Args:
            first: the first contact, where an endpoint that cannot be reached is an error at once.
            check: raise for an answer that is no success, once nothing is left to try.
        """
        url = f"{self.shown}{'&' if '?' in self.shown else '?'}{query}" if query else self.shown
        data = body.encode() if isinstance(body, str) else body
        waits = crashes = 0
        while True:
            try:
                answer = self._once(url, data, kind)
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                if first or waits >= self._retries:
                    raise PushError(
                        f"{self.shown}: cannot be reached ({_reason(error)}){self._later(first)}"
                    ) from error
                answer = None
            except requests.RequestException as error:
                raise PushError(f"{self.shown}: {_reason(error)}") from error
            except (ValueError, LookupError) as error:  # of a host, a redirect or a challenge that requests takes apart
                why = f"{type(error).__name__}: {error}"
                raise PushError(
                    f"{self.shown}: cannot be asked, or its answer not understood ({_printable(why)})"
                ) from error
            if answer is not None:
                crashes += answer.status_code == 500
                if answer.status_code not in _PASSING or crashes > 2 or waits >= self._retries:
                    break
            self._sleep(_wait(answer, waits))
            waits += 1
        if check and not done(answer):
            failure = TooMuchError if answer.status_code in _TOO_MUCH else PushError
            raise failure(self.refusal(answer))
        return answer

    def _once(self, url: str, data: bytes, kind: str) -> requests.Response:
        self.requests += 1
        sent = {"data": data, "headers": {"Content-Type": kind}, "timeout": (10, self._timeout)}
        # A redirect would turn the POST into a GET.
        answer = self._session.post(url, allow_redirects=False, **cast(Any, sent))
        if answer.status_code == 401 and self._user and self._session.auth is None:
            name, _, password = self._user.partition(":")
            asked = answer.headers.get("WWW-Authenticate", "").lower()
            self._session.auth = (HTTPDigestAuth if "digest" in asked else HTTPBasicAuth)(name, password)
            answer = self._session.post(url, allow_redirects=False, **cast(Any, sent))
        return answer

    def refusal(self, answer: requests.Response) -> str:
        """What a refused request means, and what now."""
        status, heard = answer.status_code, said(answer)
        if status in (401, 407):
            return f"{self.shown}: {heard}; show who you are with --token or --user"
        if status == 403:
            return f"{self.shown}: {heard}; this address or this login may not write"
        if answer.is_redirect:
            return f"{self.shown}: moved to {_printable(answer.headers.get('Location', 'another address'))}; push there"
        if "graph" in heard.lower() and status == 400:
            return f"{self.shown}: {heard}; a store without a default graph needs --graph IRI"
        if status == 413:
            return f"{self.shown}: {heard}; the server takes no request of this size, raise its limit"
        return f"{self.shown}: {heard}{self._later(False)}"

    @staticmethod
    def _later(first: bool) -> str:
        return "; is the server running, is the address right?" if first else "; run the same command to go on"


class _Bearer(AuthBase):
    """A token, whatever a .netrc file says of the host."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def done(answer: requests.Response) -> bool:
    """Whether the request was carried out; a redirect is none."""
    return 200 <= answer.status_code < 300


def _wait(answer: requests.Response | None, waits: int) -> float:
    """Seconds until the next try: what the server asks for, else twice the last wait; never more than `LONGEST_WAIT`."""
    asked = "" if answer is None else answer.headers.get("Retry-After", "")
    return min(LONGEST_WAIT, float(asked) if asked.isdecimal() else FIRST_WAIT * 2.0**waits)


def said(answer: requests.Response) -> str:
    """Status, reason and the beginning of the text of an answer, on one line."""
    try:
        body = answer.text
    except ValueError:  # an encoding of no name
        body = answer.content.decode(errors="replace")
    text = "" if "html" in answer.headers.get("Content-Type", "") else " ".join(body[:2000].split())
    head = f"HTTP {answer.status_code} {answer.reason or ''}".strip()
    return _printable(f"{head}: {text[:300]}" if text else head)


def _printable(text: str) -> str:
    """A text of somebody else's, of which no character does anything to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _reason(error: Exception) -> str:
    """The innermost cause of an error of `requests`, in a few words."""
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    inner = getattr(error, "reason", None)
    text = str(inner or error)
    return text.rpartition(": ")[2] or text or type(error).__name__

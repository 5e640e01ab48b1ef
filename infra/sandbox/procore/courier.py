"""Sends the webhooks of a served sandbox: one thread waits for what is due, others make the POSTs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

if TYPE_CHECKING:
    from sandbox.procore.delivery import Outgoing
    from sandbox.procore.sandbox import ProcoreSandbox

_LONGEST_NAP = 0.5
"""Seconds; the sandbox's clock may run differently from this thread's."""


class Courier:
    """Sends what is due between `start` and `stop`; whoever uses the sandbox meanwhile holds `lock`."""

    def __init__(self, sandbox: ProcoreSandbox) -> None:
        self._sandbox, self.lock = sandbox, threading.Lock()
        self._rung, self._stopped = threading.Event(), False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def ring(self) -> None:
        """Look again at once: something may be due."""
        self._rung.set()

    def stop(self) -> None:
        """Send no more; what is on its way is not waited for."""
        self._stopped = True
        self.ring()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            self._rung.wait(self._nap())
            self._rung.clear()
            for outgoing in self._due():
                threading.Thread(target=self._send, args=(outgoing,), daemon=True).start()

    def _due(self) -> list[Outgoing]:
        with self.lock:
            return [] if self._stopped else self._sandbox.deliveries_due()

    def _nap(self) -> float:
        with self.lock:
            at = self._sandbox.next_delivery_at()
            now = self._sandbox.clock()
        return _LONGEST_NAP if at is None else max(0.0, min(_LONGEST_NAP, at - now))

    def _send(self, outgoing: Outgoing) -> None:
        status = post(outgoing, self._sandbox.settings.delivery_seconds)
        with self.lock:
            self._sandbox.delivered(outgoing.delivery_id, status)
        self.ring()


def post(outgoing: Outgoing, seconds: float) -> int | None:
    """Make one webhook call, following no redirect; None when there was no answer in time."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            url, headers = _reachable(outgoing.url)
            answer = session.post(
                url, data=outgoing.body, headers=outgoing.headers | headers, timeout=seconds,
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException:
            return None
        return answer.status_code


def _reachable(url: str) -> tuple[str, dict[str, str]]:
    """The address to call, and what to say beside it.

    A name under `.localhost` means this machine (RFC 6761), though many resolvers know none; who answers
    there tells such names apart by the Host header.
    """
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(".localhost"):
        return url, {}
    here = "127.0.0.1" if parts.port is None else f"127.0.0.1:{parts.port}"
    return parts._replace(netloc=here).geturl(), {"Host": parts.netloc}

"""Puts the sandbox behind two listeners of one process: Procore (login, API, pages) and its storage."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette import requests, responses

from sandbox.http import Request, Response
from sandbox.procore.courier import Courier
from sandbox.procore.sandbox import ProcoreSandbox
from sandbox.procore.settings import SandboxSettings
from sandbox.procore.storage import is_storage
from sandbox.shell import listen, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import uvicorn
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.procore.blobs import Blobs
    from sandbox.procore.world import World


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that listens; the three origins have no slash at the end."""

    login: str
    api: str
    storage: str
    sandbox: ProcoreSandbox


@contextlib.contextmanager
def serve(
    world: World | None = None,
    settings: SandboxSettings | None = None,
    clock: Callable[[], float] = time.time,
    blobs: Blobs | None = None,
) -> Iterator[RunningSandbox]:
    """Run a sandbox in a thread on two free ports of 127.0.0.1 for the length of a `with`."""
    with listen("127.0.0.1", 0) as front, listen("127.0.0.1", 0) as back:
        api, storage = (f"http://127.0.0.1:{one.getsockname()[1]}" for one in (front, back))
        origins = {"login_origin": api, "api_origin": api, "storage_origin": storage}
        ready = (settings or SandboxSettings()).model_copy(update=origins)
        sandbox = ProcoreSandbox(clock, ready, world, blobs)
        courier = Courier(sandbox)
        server = two_listener_server(sandbox, back.getsockname()[1], courier)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [front, back]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.002)
        courier.start()
        try:
            yield RunningSandbox(api, api, storage, sandbox)
        finally:
            courier.stop()
            server.should_exit = True
            thread.join()


def two_listener_server(sandbox: ProcoreSandbox, storage_port: int, courier: Courier) -> uvicorn.Server:
    """Return a server to be run with two sockets; `storage_port` is for the storage alone.

    Each call is answered under the courier's lock, and the courier looks afterwards for webhooks to send.
    """
    # An upload is finished before the answer is sent; the common shell then fetches it here and sends it.
    finished: dict[str, Response] = {}

    def handle(request: Request) -> Response:
        with courier.lock:
            response = finished.pop(request.path, None) or sandbox.handle(request)
        courier.ring()
        return response

    server = make_server(handle, "127.0.0.1", 0)
    server.config.app = _with_storage(server.config.app, sandbox, storage_port, finished, courier)  # type: ignore[arg-type]
    return server


def _with_storage(
    app: ASGIApp, sandbox: ProcoreSandbox, storage_port: int, finished: dict[str, Response], courier: Courier
) -> ASGIApp:
    numbers = itertools.count(1)

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if is_storage(scope["path"]) != (scope["server"][1] == storage_port):
            await responses.PlainTextResponse("There is no such path here.", 404)(scope, receive, send)
        elif scope["method"] in {"POST", "PUT"} and is_storage(scope["path"]):
            ticket = f"finished upload {next(numbers)}"
            finished[ticket] = await _take_in(sandbox, courier, scope, receive)
            await app({**scope, "path": ticket}, _after_body(receive), send)
        else:
            await app(scope, receive, send)

    return front


async def _take_in(sandbox: ProcoreSandbox, courier: Courier, scope: Scope, receive: Receive) -> Response:
    coming = requests.Request(scope, receive)
    query = tuple(coming.query_params.multi_items())
    request = Request(coming.method, scope["path"], query, dict(coming.headers))
    with courier.lock:
        reception = sandbox.receive(request)
    async for chunk in coming.stream():
        reception.feed(chunk)
    with courier.lock:
        return reception.finish()


def _after_body(receive: Receive) -> Receive:
    """Return a `receive` that gives an empty body and then goes on with the connection."""
    given: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def rest() -> Message:
        return given.pop() if given else await receive()

    return rest

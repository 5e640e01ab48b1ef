"""Puts a sandbox's `handle` behind a socket, and breaks the connection where its answer asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette import requests, responses

from sandbox.http import Request, Response

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

Handle = Callable[[Request], Response]


def make_server(handle: Handle, host: str, port: int) -> uvicorn.Server:
    """Return a server, not yet running, that answers each request with `handle`, one at a time."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = requests.Request(scope, receive)
        response = handle(_read(request, await request.body()))
        if response.transport == "stall" and await _gone_within(receive, response.stall_seconds):
            return
        if response.transport == "drop":
            await _hang_up(server, scope, receive, at_once=True)
            return
        if response.transport == "cut":
            await _send_half(response, send)
            await _hang_up(server, scope, receive, at_once=False)
            return
        await _render(response)(scope, receive, send)

    config = uvicorn.Config(
        app, host=host, port=port, http="h11", ws="none", lifespan="off", proxy_headers=False,
        log_level="error", timeout_graceful_shutdown=1, server_header=False, date_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    return server


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Its protocol is named, for asyncio sends small answers at once (TCP_NODELAY) only where it is.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    return listener


@contextlib.contextmanager
def serve(handle: Handle, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread for the length of a `with`; yields the origin, such as http://127.0.0.1:40001."""
    with listen(host, port) as listener:
        server = make_server(handle, host, port)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.002)
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _read(request: requests.Request, body: bytes) -> Request:
    query = tuple((key, value) for key, value in request.query_params.multi_items())
    return Request(request.method, request.scope["path"], query, dict(request.headers), body)


def _render(response: Response) -> responses.Response:
    rendered: responses.Response
    if response.stream:
        rendered = responses.StreamingResponse(response.stream(), response.status)
    else:
        rendered = responses.Response(response.body, response.status)
    if response.header("Date") is None:
        rendered.headers["date"] = email.utils.formatdate(usegmt=True)
    for name, value in response.headers:
        if name.lower() == "content-length":
            rendered.headers["content-length"] = value
        else:
            rendered.headers.append(name, value)
    return rendered


async def _send_half(response: Response, send: Send) -> None:
    whole = response.content()
    headers = [(b"content-length", str(len(whole)).encode())]
    headers += [
        (name.lower().encode(), value.encode())
        for name, value in response.headers
        if name.lower() != "content-length"
    ]
    start: Message = {"type": "http.response.start", "status": response.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})


async def _hang_up(server: uvicorn.Server, scope: Scope, receive: Receive, *, at_once: bool) -> None:
    for connection in list(server.server_state.connections):
        # Only the HTTP protocol of uvicorn has a peer and a transport; websockets are off.
        http: Any = connection
        if http.client == scope["client"]:
            http.transport.abort() if at_once else http.transport.close()
    await _gone_within(receive, 1.0)


async def _gone_within(receive: Receive, seconds: float) -> bool:
    """Wait, and tell whether the caller hung up meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True

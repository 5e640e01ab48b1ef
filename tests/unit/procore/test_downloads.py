from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.procore.downloads import download

from .conftest import Reply, ScriptedTokens, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.procore.client import ProcoreClient


@pytest.fixture
def storage() -> Iterator[Server]:
    with Server() as storage:
        thread = threading.Thread(target=storage.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield storage
        storage.shutdown()
        thread.join()


def fetch(client: ProcoreClient, url: str) -> bytes:
    with download(client, url) as chunks:
        return b"".join(chunks)


def test_a33_the_token_goes_to_procore_and_not_to_the_storage(
    client: ProcoreClient, server: Server, storage: Server
) -> None:
    server.replies = [Reply(302, headers={"Location": f"{storage.url}/bytes?signed=1"})]
    storage.replies = [Reply(200, body=b"abc")]

    assert fetch(client, f"{server.url}/attachments/1/a.pdf") == b"abc"
    assert server.seen[0].headers["authorization"] == "Bearer token-1"
    assert "authorization" not in storage.seen[0].headers
    assert storage.seen[0].query == [("signed", "1")]


def test_the_token_comes_back_with_the_way_back(
    client: ProcoreClient, server: Server, storage: Server
) -> None:
    server.replies = [Reply(307, headers={"Location": f"{storage.url}/a"}), Reply(200, body=b"abc")]
    storage.replies = [Reply(302, headers={"Location": f"{server.url}/b"})]

    assert fetch(client, f"{server.url}/f") == b"abc"
    assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer token-1"] * 2
    assert "authorization" not in storage.seen[0].headers


def test_a_relative_redirect_stays_on_its_host(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(301, headers={"Location": "../other"}), Reply(200, body=b"abc")]

    assert fetch(client, f"{server.url}/a/b/c") == b"abc"
    assert server.seen[1].path == "/a/other"


def test_a_circle_of_redirects_ends(client: ProcoreClient, server: Server) -> None:
    server.answer = lambda seen: Reply(302, headers={"Location": "/again"})

    with pytest.raises(Retry, match="circles"):
        fetch(client, f"{server.url}/f")

    assert len(server.seen) == 6


def test_s22_a_redirect_to_plain_http_is_refused(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(302, headers={"Location": "http://storage.example/f"})]

    with pytest.raises(Reject) as refused:
        fetch(client, f"{server.url}/f")

    assert refused.value.code == "insecure_file"


def test_a_dead_token_is_renewed_once(client: ProcoreClient, server: Server, tokens: ScriptedTokens) -> None:
    server.replies = [Reply(401), Reply(200, body=b"abc")]

    assert fetch(client, f"{server.url}/f") == b"abc"
    assert tokens.refused == ["token-1"]


def test_a_token_refused_twice_needs_authorization(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(401), Reply(401)]

    with pytest.raises(NeedsAuthorization):
        fetch(client, f"{server.url}/f")


@pytest.mark.parametrize(("status", "kind"), [(404, Reject), (403, Reject), (500, Retry), (429, Retry)])
def test_a_refused_download_has_its_reason(
    client: ProcoreClient, server: Server, status: int, kind: Any
) -> None:
    server.replies = [Reply(status, {"errors": "words"})]

    with pytest.raises(kind, match="words"):
        fetch(client, f"{server.url}/f")


def test_a_connection_that_breaks_before_the_file_is_tried_again(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(drop=True)]

    with pytest.raises(Retry):
        fetch(client, f"{server.url}/f")


def test_a33_a_file_that_breaks_off_never_looks_whole(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, body=b"abcdefgh", cut=True)]

    with pytest.raises(Retry, match="broke off"):
        fetch(client, f"{server.url}/f")


def test_a_large_file_comes_in_chunks_and_may_be_left_half_read(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, body=b"x" * (3 * 1024 * 1024))]

    with download(client, f"{server.url}/f") as chunks:
        assert len(next(chunks)) <= 1024 * 1024

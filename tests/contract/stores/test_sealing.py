from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from plumbline.errors import NeedsAuthorization

from .conftest import client

if TYPE_CHECKING:
    from plumbline.stores.ports import Sealer


@pytest.mark.parametrize("plain", [b"", b"{}", "tökén".encode(), b"x" * 20_000])
def test_a_sealed_credential_opens_again(sealer: Sealer, plain: bytes) -> None:
    blob = sealer.seal(plain, authorization_id="a1")

    assert sealer.open(blob, authorization_id="a1") == plain


def test_the_blob_does_not_show_the_credential(sealer: Sealer) -> None:
    assert b"needle" not in sealer.seal(b"a needle in hay", authorization_id="a1")


def test_a_blob_of_another_authorization_does_not_open(sealer: Sealer) -> None:
    blob = sealer.seal(b"words", authorization_id="a1")

    with pytest.raises(NeedsAuthorization) as refusal:
        sealer.open(blob, authorization_id="a2")

    assert refusal.value.authorization_id == "a2"


@pytest.mark.parametrize("place", [0, 60, -1, -20])
def test_a_changed_blob_does_not_open(sealer: Sealer, place: int) -> None:
    blob = bytearray(sealer.seal(b"words that are long enough " * 4, authorization_id="a1"))
    blob[place] ^= 1

    with pytest.raises(NeedsAuthorization):
        sealer.open(bytes(blob), authorization_id="a1")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01\x00\x00", b"\x01\xff\xffshort", b"\x02" + b"x" * 100])
def test_what_is_no_blob_does_not_open(sealer: Sealer, blob: bytes) -> None:
    with pytest.raises(NeedsAuthorization):
        sealer.open(blob, authorization_id="a1")


@pytest.mark.parametrize("backend", ["dynamodb"], indirect=True)
def test_each_seal_has_its_own_data_key_and_describes_itself(sealer: Sealer) -> None:
    one, two = (sealer.seal(b"words", authorization_id="a1") for _ in range(2))

    assert one != two
    assert one[0] == 1
    end = 3 + int.from_bytes(one[1:3], "big")
    context = {"authorization": "a1", "purpose": "token"}
    key = client("kms").decrypt(CiphertextBlob=one[3:end], EncryptionContext=context)["Plaintext"]
    assert len(key) == 32
    assert len(one) == end + 12 + len(b"words") + 16


@pytest.mark.parametrize("backend", ["dynamodb"], indirect=True)
def test_a_disabled_key_is_an_error_of_ours_and_no_lost_credential(sealer: Sealer) -> None:
    blob = sealer.seal(b"words", authorization_id="a1")

    with Stubber(client("kms")) as kms:
        kms.add_client_error("decrypt", "DisabledException")
        with pytest.raises(ClientError, match="DisabledException"):
            sealer.open(blob, authorization_id="a1")

"""Envelope encryption of credentials: a fresh KMS data key for each blob, and AES-GCM under it.

KMS itself takes only 4 KB, and a pair of tokens may be longer. The blob describes itself: a version byte, the
length of the encrypted data key (2 bytes, big endian), that key, the nonce (12 bytes), the ciphertext. Which
authorization it belongs to is encryption context for KMS and associated data for AES-GCM, so a blob that was
moved to another authorization does not open.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plumbline.errors import NeedsAuthorization

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_VERSION = 1
_NONCE = 12
_HEAD = 3  # version and key length
_NOT_OURS = {"InvalidCiphertextException", "IncorrectKeyException"}


class KmsSealer:
    """Seals under one customer-managed key."""

    def __init__(self, client: KMSClient, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def seal(self, plain: bytes, *, authorization_id: str) -> bytes:
        context = _context(authorization_id)
        data_key = self._client.generate_data_key(
            KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=context
        )
        wrapped, nonce = data_key["CiphertextBlob"], os.urandom(_NONCE)
        ciphertext = AESGCM(data_key["Plaintext"]).encrypt(nonce, plain, _associated(context))
        return bytes([_VERSION]) + len(wrapped).to_bytes(2, "big") + wrapped + nonce + ciphertext

    def open(self, blob: bytes, *, authorization_id: str) -> bytes:
        """Open a blob. Raises `NeedsAuthorization` when it is damaged or of another authorization."""
        if blob[:1] != bytes([_VERSION]):
            raise _unreadable(authorization_id)
        end = _HEAD + int.from_bytes(blob[1:_HEAD], "big")
        wrapped, nonce, ciphertext = blob[_HEAD:end], blob[end : end + _NONCE], blob[end + _NONCE :]
        if not wrapped or len(nonce) < _NONCE:
            raise _unreadable(authorization_id)
        data_key = self._unwrap(wrapped, authorization_id)
        try:
            return AESGCM(data_key).decrypt(nonce, ciphertext, _associated(_context(authorization_id)))
        except InvalidTag as error:
            raise _unreadable(authorization_id) from error

    def _unwrap(self, wrapped: bytes, authorization_id: str) -> bytes:
        try:
            answer = self._client.decrypt(
                KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=_context(authorization_id)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_OURS:
                raise _unreadable(authorization_id) from error
            raise
        return answer["Plaintext"]


def _context(authorization_id: str) -> dict[str, str]:
    return {"authorization": authorization_id, "purpose": "token"}


def _associated(context: dict[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True).encode()


def _unreadable(authorization_id: str) -> NeedsAuthorization:
    return NeedsAuthorization(authorization_id, "The stored credential cannot be read. Connect again.")

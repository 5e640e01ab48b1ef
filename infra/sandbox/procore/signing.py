"""The signed addresses and form fields of the storage, in the manner of S3."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from sandbox.procore.records import Attachment, Segment, Upload
    from sandbox.procore.settings import SandboxSettings


def post_fields(settings: SandboxSettings, upload: Upload) -> dict[str, str]:
    """Return the form fields that must go before the file."""
    conditions = {"key": object_key(upload), "expires_at": upload.created_at + settings.storage_start_seconds}
    policy = base64.b64encode(json.dumps(conditions).encode()).decode()
    return {
        "key": object_key(upload),
        "Content-Type": upload.content_type,
        "policy": policy,
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-signature": signature(settings, policy),
    }


def segment_headers(segment: Segment) -> dict[str, str]:
    """Return the headers that must go with the bytes of a segment."""
    headers = {"x-amz-content-sha256": segment.sha256, "content-length": str(segment.size)}
    return headers | ({"content-md5": segment.md5} if segment.md5 else {})


def put_url(settings: SandboxSettings, upload: Upload, position: int) -> str:
    """Return where one segment is PUT."""
    path = f"/segments/{upload.uuid}/{position + 1}"
    return f"{settings.storage_origin}{path}?{urlencode({'X-Amz-Signature': signature(settings, path)})}"


def download_url(settings: SandboxSettings, attachment: Attachment, now: float) -> str:
    """Return where a file can be read for a short while."""
    path = f"/objects/{attachment.id}/{quote(attachment.name, safe='')}"
    made, lasts = int(now), settings.download_seconds
    proof = signature(settings, f"{attachment.id}:{made}:{lasts}")
    query = urlencode({"X-Amz-Date": made, "X-Amz-Expires": lasts, "X-Amz-Signature": proof})
    return f"{settings.storage_origin}{path}?{query}"


def object_key(upload: Upload) -> str:
    """Return the storage key of a single-POST upload."""
    return f"uploads/{upload.uuid}"


def signature(settings: SandboxSettings, text: str) -> str:
    """Return the proof that the sandbox itself made an address."""
    return hmac.new(settings.seed.encode(), text.encode(), hashlib.sha256).hexdigest()

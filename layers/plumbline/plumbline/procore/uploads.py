"""How a file is sent to Procore's storage: in one post or in segments, and the bodies for both.

Source: Procore, "Uploads" tutorial, and REST reference v1.1 "Uploads". Segments are at least 5 MB, except
the last, and at most 5 GB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MEBIBYTE = 1024 * 1024
LEAST_SEGMENT = 5 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class UploadSettings:
    """A file larger than `threshold` goes in segments of `segment_size` (bytes)."""

    threshold: int = 100_000_000
    segment_size: int = 32 * MEBIBYTE

    def __post_init__(self) -> None:
        """Refuse what Procore's storage would refuse only after the bytes were sent."""
        if self.segment_size < LEAST_SEGMENT:
            raise ValueError("segment_size: Procore takes segments of 5 MiB and more; give a larger one.")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of bytes of the file; the hash is lower-case hex."""

    start: int
    size: int
    sha256: str = ""


def plan(size: int, settings: UploadSettings) -> tuple[Segment, ...]:
    """Return the segments to send, or none for one post. An empty file is one segment of no bytes."""
    if size <= settings.threshold:
        return ()
    step = settings.segment_size
    starts = range(0, size, step) if size else (0,)
    return tuple(Segment(start, min(step, size - start)) for start in starts)


def single_body(*, name: str, content_type: str, size: int) -> dict[str, Any]:
    """Announce a file that goes in one post."""
    return {
        "response_filename": name,
        "response_content_type": content_type,
        "attachment_content_disposition": True,
        "size": size,
    }


def segments_body(
    segments: tuple[Segment, ...], *, name: str, content_type: str, size: int
) -> dict[str, Any]:
    """Announce a file that goes in segments; every hash is needed before the first byte is sent."""
    rows = [{"size": segment.size, "sha256": segment.sha256} for segment in segments]
    return {**single_body(name=name, content_type=content_type, size=size), "segments": rows}


def completion_body(segments: tuple[Segment, ...], etags: list[str]) -> dict[str, Any]:
    """Complete the upload; the order is that of the announcement."""
    return {
        "segments": [
            {"etag": etag, "size": segment.size, "sha256": segment.sha256}
            for segment, etag in zip(segments, etags, strict=True)
        ]
    }

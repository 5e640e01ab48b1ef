"""Makes the bytes of a project file when they are asked for: real PDF, JPEG, PNG and CSV of an exact size.

A small true document is drawn first; what is missing to the size is filled at a place that the format keeps
for it, with noise in pieces of at most 1 MiB, so that a file of any size needs the same memory.
"""

from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Protocol

from fpdf import FPDF
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 1024 * 1024
KINDS = ("pdf", "jpeg", "png", "csv", "bin")
_TAKEN = datetime(2026, 2, 12, 14, 5, tzinfo=UTC)
_CSV_HEADER = b"timestamp,discharge_air_temp_f,duct_static_in_wc,fan_speed_pct,note\n"
_CSV_LAST = 120  # room for one more reading and the closing note
_LEAST_FILL = {"pdf": 400, "jpeg": 4, "png": 12}
_TRAILER = re.compile(rb"trailer\n<<\n/Size (\d+)\n(.*?)\n>>\nstartxref\n(\d+)", re.DOTALL)


class CannotMakeFileError(ValueError):
    """A file's kind is unknown, or its size is too small for a real file of that kind."""


class Made(Protocol):
    """What a file is made from."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        ...

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    @property
    def seed(self) -> int:
        """Makes its bytes differ from those of other files."""
        ...


def make_for(spec: Made) -> Iterator[bytes]:
    """Make the bytes of one file of the project, as `make` does."""
    return make(spec.kind, spec.name, spec.size, spec.seed)


def make(kind: str, name: str, size: int, seed: int) -> Iterator[bytes]:
    """Make exactly `size` bytes, the same for the same kind, size and seed, in pieces of at most 1 MiB.

    Raises CannotMakeFileError before the first piece; `name` is only used to say which file it was.
    """
    dice = Random(seed)
    if kind not in KINDS:
        raise CannotMakeFileError(f"file {name!r}: kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    if size == 0:
        return iter(())
    if kind == "bin":
        return _noise(dice, size)
    if kind == "csv":
        _check_room(kind, name, size, len(_CSV_HEADER) + _CSV_LAST, 0)
        return _trend_log(dice, size)
    return _document(kind, name, size, dice)


def _document(kind: str, name: str, size: int, dice: Random) -> Iterator[bytes]:
    core = _report(dice) if kind == "pdf" else _picture(kind, dice, 1280 if size > 200_000 else 640)
    fill = size - len(core)
    if fill == 0:
        return iter((core,))
    _check_room(kind, name, size, len(core), _LEAST_FILL[kind])
    if kind == "pdf":
        return _pdf_filled(core, fill, dice)
    return _jpeg_filled(core, fill, dice) if kind == "jpeg" else _png_filled(core, fill, dice)


def _check_room(kind: str, name: str, size: int, core: int, fill: int) -> None:
    """Refuse a size that leaves no room for a real file."""
    if size < core + fill:
        raise CannotMakeFileError(
            f"file {name!r}: {size} bytes is too small for a real {kind}; give it {core + fill} bytes or more"
        )


def _noise(dice: Random, count: int) -> Iterator[bytes]:
    for start in range(0, count, PIECE):
        yield dice.randbytes(min(PIECE, count - start))


def _shares(total: int, most: int) -> Iterator[int]:
    """Split a number into near-equal shares of at most `most`, so that none is too short for a header."""
    count = -(-total // most)
    for nth in range(count):
        yield total * (nth + 1) // count - total * nth // count


# --- pictures


def _picture(kind: str, dice: Random, width: int) -> bytes:
    """Draw a plant room as a photo (jpeg) or a trend graphic (png)."""
    image = _plant_room(dice, width) if kind == "jpeg" else _trend_graphic(dice, width)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=75) if kind == "jpeg" else image.save(out, "PNG")
    return out.getvalue()


def _plant_room(dice: Random, width: int) -> Image.Image:
    height = width * 3 // 4
    shade = Image.linear_gradient("L").resize((width, height))
    image = Image.merge(
        "RGB", (shade, shade.point(lambda v: v * 0.9 + 15), shade.point(lambda v: v * 0.8 + 30))
    )
    draw = ImageDraw.Draw(image)
    for _ in range(dice.randint(4, 9)):
        left, top = dice.randrange(width * 3 // 4), dice.randrange(height * 3 // 4)
        grey = dice.randint(90, 200)
        box = (left, top, left + width // dice.randint(4, 9), top + height // dice.randint(3, 8))
        draw.rectangle(box, fill=(grey, grey, grey + 20), outline=(50, 50, 55), width=3)
    for _ in range(dice.randint(2, 5)):
        y = dice.randrange(height)
        draw.line(
            (0, y, width, y + dice.randint(-40, 40)), fill=(dice.randint(120, 220), 90, 60), width=width // 60
        )
    draw.text((width - 150, height - 25), f"{_TAKEN:%Y-%m-%d %H:%M}", fill=(255, 170, 0))
    return image


def _trend_graphic(dice: Random, width: int) -> Image.Image:
    height = width * 9 // 16
    image = Image.new("RGB", (width, height), (250, 250, 247))
    draw = ImageDraw.Draw(image)
    for y in range(height // 8, height, height // 8):
        draw.line((0, y, width, y), fill=(220, 220, 220))
    for label, colour in (("supply", (200, 60, 40)), ("return", (40, 90, 200)), ("command", (60, 140, 60))):
        level = dice.randrange(height // 4, height * 3 // 4)
        points = [(x, level := level + dice.randint(-6, 6)) for x in range(0, width, 4)]
        draw.line(points, fill=colour, width=2)
        draw.text((8, points[0][1] - 16), label, fill=colour)
    return image


def _jpeg_filled(core: bytes, fill: int, dice: Random) -> Iterator[bytes]:
    """Add comment segments (JPEG: marker FFFE, at most 65,535 bytes each) behind the JFIF header."""
    header_end = 4 + int.from_bytes(core[4:6], "big")
    yield core[:header_end]
    for share in _shares(fill, 65_537):
        yield b"\xff\xfe" + (share - 2).to_bytes(2, "big") + dice.randbytes(share - 4)
    yield core[header_end:]


def _png_filled(core: bytes, fill: int, dice: Random) -> Iterator[bytes]:
    """Add private chunks, which readers skip (PNG: the case of the letters), behind the header chunk."""
    header_end = 33
    yield core[:header_end]
    for share in _shares(fill, PIECE):
        body = b"plNb" + dice.randbytes(share - 12)
        yield (share - 12).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    yield core[header_end:]


# --- documents


def _report(dice: Random) -> bytes:
    """Write a two-page functional test record as PDF, dated so that it is the same each time."""
    pdf = FPDF(format="letter")
    pdf.set_creation_date(_TAKEN)
    for page in (1, 2):
        pdf.add_page()
        pdf.set_font("Helvetica", size=10)
        lines = [f"Functional test record {dice.randint(1000, 9999)}, page {page} of 2"]
        lines += [_step(dice, number) for number in range(25 * page - 24, 25 * page + 1)]
        for line in lines:
            pdf.cell(text=line, h=8, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _step(dice: Random, number: int) -> str:
    required = dice.uniform(10, 99)
    result = dice.choice(("pass", "pass", "pass", "retest"))
    return f"Step {number}: required {required:.1f}, found {required + dice.gauss(0, 2):.1f}, {result}"


def _pdf_filled(core: bytes, fill: int, dice: Random) -> Iterator[bytes]:
    """Add an unused stream by an incremental update (ISO 32000-1, 7.5.6)."""
    head, tail = _pdf_frame(core, 0)
    length = fill - len(head) - len(tail)
    head, tail = _pdf_frame(core, length)
    yield core + head
    yield from _noise(dice, length)
    yield tail


def _pdf_frame(core: bytes, length: int) -> tuple[bytes, bytes]:
    """Return what stands before and after a stream of `length` bytes; equally long for any length."""
    _, size, entries, previous, _ = _TRAILER.split(core)
    number = int(size)
    head = b"%d 0 obj\n<< /Length %010d >>\nstream\n" % (number, length)
    end = b"\nendstream\nendobj\n"
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(core))
    trailer = b"trailer\n<<\n/Size %d\n%b\n/Prev %b\n>>\n" % (number + 1, entries, previous)
    start = b"startxref\n%010d\n%%%%EOF\n" % (len(core) + len(head) + length + len(end))
    return head, end + table + trailer + start


# --- trend logs


def _readings(dice: Random) -> Iterator[bytes]:
    """Rows of a trend log without their note and line end, one each five minutes."""
    at, air, static = _TAKEN, 55.0, 1.4
    while True:
        air += dice.uniform(-0.3, 0.3) + (55 - air) * 0.05
        static += dice.uniform(-0.04, 0.04) + (1.4 - static) * 0.1
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},{air:.1f},{static:.2f},{dice.uniform(55, 85):.1f},".encode()
        at += timedelta(minutes=5)


def _trend_log(dice: Random, size: int) -> Iterator[bytes]:
    rows, block, left = _readings(dice), bytearray(_CSV_HEADER), size
    while left - len(block) > _CSV_LAST:
        block += next(rows) + b"\n"
        if len(block) > PIECE // 16:
            yield bytes(block)
            left -= len(block)
            block.clear()
    last = next(rows) + b"end of log"
    yield bytes(block) + last.ljust(left - len(block) - 1, b".") + b"\n"

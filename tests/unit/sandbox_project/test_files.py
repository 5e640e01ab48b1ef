"""The demo project's files: real, of the exact size, the same each time, and never whole in memory."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tracemalloc

import pytest
from PIL import Image

from sandbox.project import FileSpec, file_specs
from sandbox.project.files import CannotMakeFileError, make

MIB = 1024 * 1024
SPECS = file_specs()


def of_kind(kind: str) -> list[FileSpec]:
    return [spec for spec in SPECS if spec.kind == kind and spec.size > 0]


def content(spec: FileSpec) -> bytes:
    return b"".join(make(spec.kind, spec.name, spec.size, spec.seed))


def measured(spec: FileSpec) -> tuple[int, int, str]:
    """Return the size, the largest piece and the SHA-256."""
    size, largest, digest = 0, 0, hashlib.sha256()
    for piece in make(spec.kind, spec.name, spec.size, spec.seed):
        size, largest = size + len(piece), max(largest, len(piece))
        digest.update(piece)
    return size, largest, digest.hexdigest()


def by_id(spec: FileSpec) -> str:
    return f"{spec.id}-{spec.kind}"


@pytest.mark.parametrize("spec", SPECS, ids=by_id)
def test_a_file_has_its_exact_size_in_small_pieces_and_is_the_same_twice(spec: FileSpec) -> None:
    first = measured(spec)

    assert first[0] == spec.size
    assert first[1] <= MIB
    assert measured(spec) == first


def test_no_two_files_are_equal() -> None:
    assert len({measured(spec)[2] for spec in SPECS}) == len(SPECS)


def test_the_name_does_not_change_the_bytes() -> None:
    assert b"".join(make("pdf", "a.pdf", 60_000, 5)) == b"".join(make("pdf", "b.pdf", 60_000, 5))


@pytest.mark.parametrize("spec", of_kind("jpeg") + of_kind("png"), ids=by_id)
def test_a_picture_opens(spec: FileSpec) -> None:
    data = content(spec)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == spec.kind.upper()
        image.verify()
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.width in {640, 1280}


@pytest.mark.parametrize("spec", of_kind("jpeg"), ids=by_id)
def test_a_jpeg_ends_where_the_format_says(spec: FileSpec) -> None:
    assert content(spec).endswith(b"\xff\xd9")


def pdf_objects(data: bytes) -> dict[int, int]:
    """Follow the cross-reference tables from the end, as a reader does: object number to offset."""
    found: dict[int, int] = {}
    at: int | None = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n\Z", data)[0])
    while at is not None:
        table = re.compile(rb"xref\n(\d+) (\d+)\n").match(data, at)
        assert table is not None
        first, count = int(table[1]), int(table[2])
        for nth in range(count):
            entry = data[table.end() + 20 * nth : table.end() + 20 * nth + 20]
            assert re.fullmatch(rb"\d{10} \d{5} [nf] \n", entry)
            if entry[17:18] == b"n":
                found.setdefault(first + nth, int(entry[:10]))
        trailer = data[table.end() + 20 * count : table.end() + 20 * count + 300].partition(b"startxref")[0]
        previous = re.search(rb"/Prev (\d+)", trailer)
        at = int(previous[1]) if previous else None
    return found


@pytest.mark.parametrize("spec", of_kind("pdf"), ids=by_id)
def test_a_pdf_opens_by_its_cross_references(spec: FileSpec) -> None:
    data = content(spec)
    objects = pdf_objects(data)

    assert data.startswith(b"%PDF-1.")
    assert len(objects) >= 8
    assert all(data.startswith(b"%d 0 obj\n" % number, at) for number, at in objects.items())
    root = re.findall(rb"/Root (\d+) 0 R", data)[-1]
    assert b"/Type /Catalog" in data[objects[int(root)] :][:200]
    last = re.compile(rb"\d+ 0 obj\n<< /Length (\d+) >>\nstream\n").match(data, objects[max(objects)])
    assert last is not None
    assert data.startswith(b"\nendstream\nendobj\nxref\n", last.end() + int(last[1]))


@pytest.mark.parametrize("spec", of_kind("csv"), ids=by_id)
def test_a_csv_is_a_whole_trend_log(spec: FileSpec) -> None:
    rows = list(csv.reader(io.StringIO(content(spec).decode("utf-8"))))

    assert rows[0] == [
        "timestamp",
        "discharge_air_temp_f",
        "duct_static_in_wc",
        "fan_speed_pct",
        "note",
    ]
    assert {len(row) for row in rows} == {5}
    assert all(40 < float(row[1]) < 70 for row in rows[1:])
    assert [row[4] for row in rows[1:-1]] == [""] * (len(rows) - 2)
    assert re.fullmatch(r"end of log\.*", rows[-1][4])


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "png", "csv", "bin"])
def test_no_bytes_are_an_empty_file_of_any_kind(kind: str) -> None:
    assert list(make(kind, "empty", 0, 1)) == []


@pytest.mark.parametrize("size", [1, MIB - 1, MIB, MIB + 1, 3 * MIB + 7])
def test_plain_bytes_have_any_size(size: int) -> None:
    pieces = list(make("bin", "backup.bin", size, 3))

    assert sum(map(len, pieces)) == size
    assert max(map(len, pieces)) <= MIB


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "png", "csv"])
def test_every_size_around_a_segment_border_is_met(kind: str) -> None:
    for size in [*range(200_000, 200_004), *range(262_140, 262_150), *range(2 * MIB - 2, 2 * MIB + 3)]:
        assert sum(map(len, make(kind, "border", size, 8))) == size


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_with_nothing_to_fill_is_left_as_drawn(kind: str) -> None:
    with pytest.raises(CannotMakeFileError) as refused:
        make(kind, "small", 100, 8)
    least = int(re.findall(r"give it (\d+) bytes", str(refused.value))[0]) - {"jpeg": 4, "png": 12}[kind]

    data = b"".join(make(kind, "small", least, 8))

    assert len(data) == least
    Image.open(io.BytesIO(data)).verify()


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "png", "csv"])
def test_the_least_size_named_by_a_refusal_can_be_made(kind: str) -> None:
    with pytest.raises(
        CannotMakeFileError, match=rf"file 'x': 7 bytes is too small for a real {kind}"
    ) as refused:
        make(kind, "x", 7, 8)
    least = int(re.findall(r"give it (\d+) bytes", str(refused.value))[0])

    assert sum(map(len, make(kind, "x", least, 8))) == least


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(CannotMakeFileError, match=r"file 'model\.rvt': kind 'rvt' is unknown"):
        make("rvt", "model.rvt", 10, 1)


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "png", "bin"])
def test_a_30_mib_file_is_made_in_a_few_mib_of_memory(kind: str) -> None:
    sum(map(len, make(kind, "warm up", 300_000, 2)))
    tracemalloc.start()
    try:
        assert sum(map(len, make(kind, "large", 30 * MIB, 2))) == 31_457_280
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()

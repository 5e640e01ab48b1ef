import pytest

from plumbline.procore.uploads import (
    Segment,
    UploadSettings,
    completion_body,
    plan,
    segments_body,
    single_body,
)

MIB = 1024 * 1024
SMALL = UploadSettings(threshold=10 * MIB, segment_size=5 * MIB)


@pytest.mark.parametrize("size", [0, 1, 10 * MIB])
def test_a_file_up_to_the_threshold_goes_in_one_post(size: int) -> None:
    assert plan(size, SMALL) == ()


def test_the_default_threshold_is_100_megabytes_and_segments_are_32_mebibytes() -> None:
    assert plan(100_000_000, UploadSettings()) == ()
    assert plan(100_000_001, UploadSettings()) == (
        Segment(0, 33554432),
        Segment(33554432, 33554432),
        Segment(67108864, 32891137),
    )


def test_a_larger_file_goes_in_segments_and_only_the_last_may_be_small() -> None:
    assert plan(10 * MIB + 1, SMALL) == (
        Segment(0, 5 * MIB),
        Segment(5 * MIB, 5 * MIB),
        Segment(10 * MIB, 1),
    )


def test_a_file_of_whole_segments_has_no_empty_last_one() -> None:
    assert plan(15 * MIB, SMALL) == tuple(Segment(n * 5 * MIB, 5 * MIB) for n in range(3))


def test_an_empty_file_in_segments_is_one_of_no_bytes() -> None:
    assert plan(0, UploadSettings(threshold=-1)) == (Segment(0, 0),)


def test_segments_that_procore_would_refuse_are_refused_here() -> None:
    with pytest.raises(ValueError, match="segment_size"):
        UploadSettings(segment_size=5 * MIB - 1)


def test_the_announcements_name_file_type_and_size() -> None:
    single = {
        "response_filename": "Prüfung.pdf",
        "response_content_type": "application/pdf",
        "attachment_content_disposition": True,
        "size": 3,
    }

    assert single_body(name="Prüfung.pdf", content_type="application/pdf", size=3) == single
    assert segments_body(
        (Segment(0, 2, "aa"), Segment(2, 1, "bb")), name="Prüfung.pdf", content_type="application/pdf", size=3
    ) == {**single, "segments": [{"size": 2, "sha256": "aa"}, {"size": 1, "sha256": "bb"}]}


def test_the_completion_has_etag_size_and_hash_in_order() -> None:
    assert completion_body((Segment(0, 2, "aa"), Segment(2, 1, "bb")), ['"e1"', '"e2"']) == {
        "segments": [
            {"etag": '"e1"', "size": 2, "sha256": "aa"},
            {"etag": '"e2"', "size": 1, "sha256": "bb"},
        ]
    }

"""What a log may hold of an error that nobody foresaw."""

from __future__ import annotations

from plumbline.errors import unforeseen


class Refused(Exception):
    """An error as botocore makes them: with the answer it got."""

    def __init__(self, response: object) -> None:
        super().__init__("User: x is not authorized")
        self.response = response


def caught(error: Exception) -> Exception:
    """The error, as it is after it was raised."""
    try:
        raise error
    except (KeyError, Refused) as raised:
        return raised


def test_an_unforeseen_error_is_told_by_its_kind_and_place_and_never_by_its_words() -> None:
    told = unforeseen(caught(KeyError("what a person wrote")))

    assert (told["error"], told["code"]) == ("KeyError", "")
    assert [one.partition(":")[0] for one in told["where"]] == ["test_errors.py"]
    assert told["where"][0].endswith(" caught")
    assert "what a person wrote" not in str(told)


def test_a_refusal_of_aws_is_told_with_its_code() -> None:
    told = unforeseen(caught(Refused({"Error": {"Code": "AccessDeniedException", "Message": "User: x"}})))

    assert (told["error"], told["code"]) == ("Refused", "AccessDeniedException")


def test_an_answer_of_another_shape_gives_no_code() -> None:
    assert unforeseen(Refused("a response of requests")) == {"error": "Refused", "code": "", "where": []}

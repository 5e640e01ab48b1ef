"""E-mail, by Amazon SES: the sender is a setting of the deployment, and without one nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.wiring import aws, public_address, setting

if TYPE_CHECKING:
    from plumbline.connections.alerting import Message

# Not about one address: Amazon SES, "SendEmail" (API reference v2) and "Common errors".
_PASSING = frozenset(
    {
        "AccountSuspendedException",
        "LimitExceededException",
        "RequestTimeout",
        "SendingPausedException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_SERVER_ERROR = 500


def may_send() -> bool:
    """Whether this deployment has a sender."""
    return bool(setting("ALERT_SENDER"))


def console() -> str:
    """The address of the console's page."""
    return f"{public_address()}/console/index.html"


def send(recipient: str, message: Message) -> None:
    """Send one plain e-mail.

    Raises `Reject` (code "mail_refused") when SES refuses it, `Retry` where it cannot send right now.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    from plumbline.errors import Reject, Retry

    try:
        aws("sesv2").send_email(
            FromEmailAddress=setting("ALERT_SENDER"),
            Destination={"ToAddresses": [recipient]},
            Content={
                "Simple": {
                    "Subject": {"Data": message.subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": message.text, "Charset": "UTF-8"}},
                }
            },
        )
    except BotoCoreError as error:
        raise Retry("Amazon SES does not answer") from error
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] in _PASSING or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
            raise Retry(f"Amazon SES sends nothing right now: {told['Code']}") from error
        # words of other errors name roles and accounts of the deployment
        words = f": {told['Message']}" if told["Code"] == "MessageRejected" else ""
        step = "Check the address, and that SES may send to it."
        raise Reject("mail_refused", f"{told['Code']}{words}", step) from error

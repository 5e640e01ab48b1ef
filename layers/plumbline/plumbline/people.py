"""Signing people in: Amazon Cognito's user pool API, as far as the console needs it.

The calls are made for someone who has shown nothing yet, so they carry no signature and need no right of any
role (Amazon Cognito user pools API reference: InitiateAuth, RespondToAuthChallenge, RevokeToken).
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from plumbline.errors import Reject, Retry

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_SIGN_IN = "NEW_PASSWORD_REQUIRED"
CODE = "SOFTWARE_TOKEN_MFA"
# What a challenge is answered with: our word for it, and Cognito's.
ANSWERS = {FIRST_SIGN_IN: ("new_password", "NEW_PASSWORD"), CODE: ("code", "SOFTWARE_TOKEN_MFA_CODE")}
WAIT_SECONDS = 10.0

_POLICY = "Take at least 14 characters, with a small letter, a capital, a digit and a sign."
_AGAIN = "Sign in again from the start."
_BUSY = {
    "InternalErrorException",
    "LimitExceededException",
    "ThrottlingException",
    "TooManyRequestsException",
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Tokens of a person; `expires_in` is in seconds, `refresh_token` "" where the one in use stays good."""

    access_token: str = field(repr=False)
    expires_in: int
    email: str
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What Cognito wants to know besides the password; `session` is opaque and good for some minutes."""

    name: str
    session: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class People:
    """The user pool's client of the console; `client` is an unsigned one of cognito-idp."""

    client: Any
    client_id: str

    def sign_in(self, email: str, password: str) -> SignedIn | Challenge:
        """Sign in by password. Raises `Reject` and `Retry`."""
        given = {"USERNAME": email, "PASSWORD": password}
        return _outcome(self._initiate("USER_PASSWORD_AUTH", given), email)

    def answer(self, name: str, session: str, given: str) -> SignedIn | Challenge:
        """Answer the challenge of that name, one of `ANSWERS`. Raises `Reject` and `Retry`."""
        person, _, session = session.partition(" ")
        told = _call(
            self.client.respond_to_auth_challenge,
            ClientId=self.client_id,
            ChallengeName=name,
            Session=session,
            ChallengeResponses={"USERNAME": person, ANSWERS[name][1]: given},
            refused=_challenge_lost(),
        )
        return _outcome(told, person)

    def refresh(self, refresh_token: str) -> SignedIn:
        """Return a fresh access token; the refresh token stays good. Raises `Reject` and `Retry`."""
        told = self._initiate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token}, refused=signed_out())
        outcome = _outcome(told, "")
        if isinstance(outcome, Challenge):
            raise signed_out()
        return outcome

    def sign_out(self, refresh_token: str) -> None:
        """Make the refresh token, and what was made of it, worthless. Raises `Reject` and `Retry`."""
        _call(self.client.revoke_token, Token=refresh_token, ClientId=self.client_id, refused=signed_out())

    def _initiate(self, flow: str, given: dict[str, str], refused: Reject | None = None) -> dict[str, Any]:
        return _call(
            self.client.initiate_auth,
            ClientId=self.client_id,
            AuthFlow=flow,
            AuthParameters=given,
            refused=refused or _wrong(),
        )


def signed_out() -> Reject:
    """The refusal of somebody whose sign-in has ended, or who never had one."""
    return Reject("not_signed_in", "Nobody is signed in.", "Sign in.", field="session", status=401)


def _wrong() -> Reject:
    step = "Check both and try again. After several wrong tries, wait a quarter of an hour."
    return Reject("wrong_sign_in", "E-mail or password is wrong.", step, field="password", status=401)


def _challenge_lost() -> Reject:
    cause = "This sign-in took too long, or was finished already."
    return Reject("sign_in_ended", cause, _AGAIN, field="session", status=401)


def _call(act: Callable[..., dict[str, Any]], *, refused: Reject, **given: object) -> dict[str, Any]:
    """Call Cognito; `refused` is what its "not authorized" means here. What was sent is never repeated."""
    try:
        return act(**given)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _BUSY:
            raise Retry("The sign-in service is busy", after=WAIT_SECONDS) from None
        raise _known().get(code, refused) from None
    except BotoCoreError:
        raise Retry("The sign-in service did not answer", after=WAIT_SECONDS) from None


def _known() -> dict[str, Reject]:
    """Cognito's errors that a person can do something about; all others mean "not authorized"."""
    code = "Take the one that the authenticator app shows now."
    reset = "Ask who keeps the accounts for a new password."
    return {
        "InvalidPasswordException": Reject(
            "weak_password", "The new password is too simple.", _POLICY, field="new_password"
        ),
        "PasswordHistoryPolicyViolationException": Reject(
            "used_password", "This password was used before.", "Take another.", field="new_password"
        ),
        "CodeMismatchException": Reject("wrong_code", "The code is wrong.", code, field="code"),
        "EnableSoftwareTokenMFAException": Reject("wrong_code", "The code is wrong.", code, field="code"),
        "ExpiredCodeException": _challenge_lost(),
        "PasswordResetRequiredException": Reject(
            "password_reset", "The password must be set anew.", reset, field="password", status=403
        ),
    }


def _outcome(told: dict[str, Any], person: str) -> SignedIn | Challenge:
    if result := told.get("AuthenticationResult"):
        return SignedIn(
            str(result["AccessToken"]),
            int(result["ExpiresIn"]),
            _email(str(result.get("IdToken", ""))),
            str(result.get("RefreshToken", "")),
        )
    name = str(told.get("ChallengeName", ""))
    if name not in ANSWERS:
        cause = "This account is set up in a way that the console does not know."
        step = "Ask who keeps the accounts to set it up with a password, and a code where wanted."
        raise Reject("unknown_challenge", cause, step, field="email", status=403)
    # Cognito wants its own name of the person back, which is not the e-mail that was typed.
    own = told.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP") or person
    return Challenge(name, f"{own} {told['Session']}")


def _email(id_token: str) -> str:
    """The e-mail in an identity token that came from Cognito itself; "" where there is none."""
    try:
        part = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(claims.get("email", ""))
    except (IndexError, ValueError, AttributeError):
        return ""

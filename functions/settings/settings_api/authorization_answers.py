"""What is answered about credentials: never the secret part of one."""

from typing import Literal

from pydantic import BaseModel

from plumbline.connections.lists import Entry
from plumbline.stores import records
from settings_api.answers import moment


class Authorization(BaseModel):
    """A credential without its secret part; `authorized_at` is when a person gave it last."""

    id: str
    kind: records.AuthorizationKind
    environment: str
    label: str
    subject: str
    host: str
    valid: bool
    cause: str
    created_at: str | None
    created_by: str
    authorized_at: str | None

    @classmethod
    def of(cls, held: records.Authorization) -> "Authorization":
        """Show an authorization."""
        return cls(
            id=held.id,
            kind=held.kind,
            environment=held.environment,
            label=held.label,
            subject=held.subject,
            host=held.host,
            valid=held.valid,
            cause=held.cause,
            created_at=moment(held.created_at),
            created_by=held.created_by,
            authorized_at=moment(held.authorized_at),
        )


class ServiceAccount(BaseModel):
    """The new authorization and the projects it is permitted."""

    authorization: Authorization
    projects: list[Entry]


class Started(BaseModel):
    """Procore's sign-in page, to be opened in a new tab of this browser before it expires."""

    authorize_url: str
    expires_at: str | None


class Invitation(BaseModel):
    """The link to send; its token is shown this once."""

    link: str
    expires_at: str | None


class InvitationSeen(BaseModel):
    """What an invited person is told before the sign-in; `renews` names the credential it is to renew."""

    tenant_name: str
    invited_by: str
    note: str
    expires_at: str | None
    renews: str


class AuthorizationTest(BaseModel):
    """What a credential reaches; `login` and `companies` are Procore's, `projects` and `access` CxAlloy's."""

    reachable: bool
    login: str = ""
    companies: list[Entry] = []
    projects: list[Entry] = []
    access: Literal["read_write", "read_only", "unknown"] = "unknown"
    cause: str = ""
    next_step: str = ""


class InstallationRequested(BaseModel):
    """The company's admins were asked through Procore, now or before."""

    asked_before: bool

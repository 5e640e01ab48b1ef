"""What may be sent, field by field; anything else is refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from plumbline.connections.ids import ID
from plumbline.connections.settings import IssueSettings
from plumbline.stores.records import Role

Id = Annotated[str, Field(pattern=ID)]
IdOrNone = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$", description="Empty for none")]
Approach = Annotated[Literal["copy", "sync"], Field(description="One-time copy, or ongoing sync")]
Others = Annotated[
    tuple[Id, ...], Field(max_length=10, description="Procore authorizations that may take over, in order")
]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, Field(max_length=1000)]
Address = Annotated[str, Field(max_length=254)]
Email = Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")]
Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTenant(_Body):
    """A tenant; who makes it becomes its owner."""

    name: Name
    support_address: Address = ""


class TenantChange(_Body):
    """What is left out stays as it is."""

    name: Name | None = None
    support_address: Address | None = None


class MemberChange(_Body):
    """A person's role in the tenant."""

    role: Role
    email: Email = ""


class ConnectProcore(_Body):
    """`authorization_id` renews an authorization, under the same or another person (S9)."""

    authorization_id: IdOrNone = ""


class NewServiceAccount(_Body):
    """The app's own account in one company (S2)."""

    company_id: Id
    label: Address = ""


class NewKey(_Body):
    """A CxAlloy key; the secret is never shown again (S20)."""

    host: Annotated[str, Field(min_length=1, max_length=254)]
    identifier: Identifier
    secret: Secret
    label: Address = ""


class KeyChange(_Body):
    """Another key in the place of one; without an identifier only the secret changes."""

    identifier: Identifier | None = None
    secret: Secret


class NewInvitation(_Body):
    """An invitation to connect to Procore (S3)."""

    note: Text = ""
    expires_in_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 7
    authorization_id: IdOrNone = ""


class AcceptedInvitation(_Body):
    """The token from the invitation's link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class InstallationRequest(_Body):
    """A note to the company's admins."""

    notes: Text = ""


class ConnectionChange(_Body):
    """What is left out stays as it is; "" clears an id. Of `settings` each key that is sent counts whole.

    The approach changes only while the connection is a draft or disabled. `version`, where given, must be
    the one that was read.
    """

    name: Name = ""
    approach: Approach = "copy"
    procore_authorization_id: IdOrNone = ""
    other_authorization_ids: Others = ()
    company_id: IdOrNone = ""
    project_id: IdOrNone = ""
    tracker_authorization_id: IdOrNone = ""
    tracker_project_id: IdOrNone = ""
    settings: IssueSettings = IssueSettings()
    version: Annotated[int, Field(ge=0, strict=True)] | None = None


class NewConnection(_Body):
    """A connection; whatever is not known yet may be given later."""

    name: Name
    approach: Approach = "copy"
    procore_authorization_id: IdOrNone = ""
    other_authorization_ids: Others = ()
    company_id: IdOrNone = ""
    project_id: IdOrNone = ""
    tracker_authorization_id: IdOrNone = ""
    tracker_project_id: IdOrNone = ""
    settings: IssueSettings = IssueSettings()


class ImportedSettings(_Body):
    """All settings, as exported; what is left out gets its default."""

    settings: IssueSettings


class CopiedSettings(_Body):
    """Another connection of the tenant, whose settings are taken over."""

    from_connection_id: Id


class SeenPlan(_Body):
    """The hash of the plan as it was seen: exactly that one is meant."""

    hash: Digest


class Pick(_Body):
    """The side whose value is to stand on both."""

    side: Literal["tracker", "procore"]


class TwoToLink(_Body):
    """An issue of the tracker and an observation of Procore, by their ids there."""

    issue_id: Id
    observation_id: Id

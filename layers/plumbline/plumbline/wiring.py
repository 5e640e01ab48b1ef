"""The only reader of environment and secrets: makes clients and stores once, and hands them in.

Everything is made when first asked for, so that a function pays only for what it uses; imports of heavy
modules stand inside the makers for the same reason.
"""

from __future__ import annotations

import functools
import json
import math
import os
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from plumbline.cxalloy.calls import CxAlloyCalls
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.people import People
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.environments import Hosts
    from plumbline.procore.oauth_client import OAuthClient
    from plumbline.procore.token_keeper import TokenKeeper
    from plumbline.stores import ports
    from plumbline.stores.records import Authorization

# A worker is small and its calls are short: fail fast, and let the queue or the next poll repeat.
_AWS = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})

# How old the keys of webhook secrets may be: a rotation is known everywhere after this long.
MASTERS_SECONDS = 60.0

now = time.time
sleep = time.sleep


def setting(name: str, default: str | None = None) -> str:
    """One environment variable; a missing one names itself."""
    value = os.environ.get(name, default)
    if value is None:
        raise RuntimeError(f"The environment variable {name} is not set; the template sets it.")
    return value


@functools.cache
def aws(service: str) -> Any:
    """The one client of an AWS service; callers know its type."""
    return boto3.client(service, config=_AWS)  # type: ignore[call-overload]


@functools.cache
def public_address() -> str:
    """Where the API answers, without a slash at its end."""
    answer = aws("ssm").get_parameter(Name=setting("PUBLIC_ADDRESS_PARAMETER"))
    return str(answer["Parameter"]["Value"]).rstrip("/")


@functools.cache
def _app_credentials() -> dict[str, str]:
    secret: dict[str, str] = json.loads(
        aws("secretsmanager").get_secret_value(SecretId=setting("PROCORE_APP_SECRET"))["SecretString"]
    )
    return secret


def hook_masters() -> tuple[bytes, ...]:
    """The keys that webhook secrets are derived from: the current one, then the previous while it rotates."""
    return _masters_in(int(now() // MASTERS_SECONDS))


@functools.lru_cache(maxsize=1)
def _masters_in(_period: int) -> tuple[bytes, ...]:
    answer = aws("secretsmanager").get_secret_value(SecretId=setting("HOOK_SECRET"))
    both = json.loads(answer["SecretString"])
    return tuple(one.encode() for one in (both["current"], both["previous"]) if one)


def client_id() -> str:
    """The client id of the Procore app."""
    return _app_credentials()["client_id"]


@functools.cache
def hosts() -> Hosts:
    """The Procore that this deployment speaks to."""
    from plumbline.procore.environments import Hosts, hosts_of

    api = setting("PROCORE_API_HOST", "")
    login, storage = setting("PROCORE_LOGIN_HOST", ""), setting("PROCORE_STORAGE_HOST", "")
    custom = Hosts(login=login, api=api, web=api, storage=storage)
    return hosts_of(setting("PROCORE_ENVIRONMENT"), custom=custom)


@functools.cache
def session() -> requests.Session:
    """One HTTP session: connections are kept between calls; the machine's proxies are not used."""
    import requests

    made = requests.Session()
    made.trust_env = False
    made.headers["User-Agent"] = "Plumbline/0.1"
    return made


@functools.cache
def people() -> People:
    """The sign-in of people; its calls are unsigned, so that they need no right of any role."""
    from botocore import UNSIGNED

    from plumbline.people import People

    once = Config(signature_version=UNSIGNED, retries={"mode": "standard", "total_max_attempts": 2})
    client = boto3.client("cognito-idp", config=_AWS.merge(once))
    return People(client, setting("USER_POOL_CLIENT"))


@functools.cache
def members() -> ports.Members:
    """Tenants and members."""
    from plumbline.stores.members import DynamoMembers

    return DynamoMembers(aws("dynamodb"), setting("MEMBERS_TABLE"))


@functools.cache
def authorizations() -> ports.Authorizations:
    """Credentials, sign-in attempts, invitations."""
    from plumbline.stores.authorizations import DynamoAuthorizations

    return DynamoAuthorizations(aws("dynamodb"), setting("AUTHORIZATIONS_TABLE"))


@functools.cache
def connections() -> ports.Connections:
    """Connections."""
    from plumbline.stores.connections import DynamoConnections

    return DynamoConnections(aws("dynamodb"), setting("CONNECTIONS_TABLE"))


@functools.cache
def links() -> ports.Links:
    """Pairs of issues and observations; long texts of conflicts and undo lie in the work bucket."""
    from plumbline.stores.links import DynamoLinks

    return DynamoLinks(aws("dynamodb"), setting("LINKS_TABLE"), work())


@functools.cache
def plain_links() -> ports.Links:
    """The same for who has to do with neither conflicts nor undo, and not with the bucket."""
    from plumbline.stores.links import DynamoLinks

    return DynamoLinks(aws("dynamodb"), setting("LINKS_TABLE"))


@functools.cache
def cursors() -> ports.Cursors:
    """Where polls stand."""
    from plumbline.stores.cursors import DynamoCursors

    return DynamoCursors(aws("dynamodb"), setting("CURSORS_TABLE"))


@functools.cache
def activity() -> ports.ActivityLog:
    """The activity log."""
    from plumbline.stores.activity import DynamoActivityLog

    return DynamoActivityLog(aws("dynamodb"), setting("ACTIVITY_TABLE"))


@functools.cache
def snapshots() -> ports.Snapshots:
    """Listings of tracker projects."""
    from plumbline.stores.snapshots import S3Snapshots

    return S3Snapshots(aws("s3"), setting("WORK_BUCKET"))


@functools.cache
def work() -> ports.Work:
    """Plans, previews and texts too long for an item."""
    from plumbline.stores.work import S3Work

    return S3Work(aws("s3"), setting("WORK_BUCKET"))


@functools.cache
def sealer() -> ports.Sealer:
    """Envelope encryption of credentials."""
    from plumbline.stores.sealing import KmsSealer

    return KmsSealer(aws("kms"), setting("TOKEN_KEY"))


@functools.cache
def procore_budget() -> ports.Budget:
    """Procore's call slots: 600 an hour and 25 in 10 seconds until its headers say otherwise."""
    from plumbline.stores.budget import DynamoBudget

    return DynamoBudget(aws("dynamodb"), setting("BUDGET_TABLE"))


@functools.cache
def tracker_budget() -> ports.Budget:
    """CxAlloy's call slots: 10,000 an hour for each key."""
    from plumbline.stores.budget import DynamoBudget

    return DynamoBudget(aws("dynamodb"), setting("BUDGET_TABLE"), hour_limit=10_000, spike_limit=500)


@functools.cache
def oauth_client() -> OAuthClient:
    """Procore's token calls, with the app's credentials."""
    from plumbline.procore.oauth import AppCredentials
    from plumbline.procore.oauth_client import OAuthClient

    app = AppCredentials(client_id(), _app_credentials()["client_secret"])
    return OAuthClient(hosts(), app, session=session(), now=now)


@functools.cache
def token_keeper() -> TokenKeeper:
    """Access tokens, refreshed by one worker at a time."""
    from plumbline.procore.token_keeper import TokenKeeper

    return TokenKeeper(authorizations(), sealer(), oauth_client(), now=now, sleep=sleep)


def procore_client(
    authorization: Authorization,
    company_id: str = "",
    time_left: Callable[[], float] = lambda: math.inf,
    reserve: float = 0.0,
) -> ProcoreClient:
    """A client that speaks for one authorization in one company; it never waits past `time_left` seconds.

    `reserve` is the share of the hour's calls (0 to 1) that it leaves to others.
    """
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.gate import BudgetGate

    return ProcoreClient(
        hosts(),
        company_id,
        session=session(),
        tokens=token_keeper().source(authorization.id),
        gate=BudgetGate(procore_budget(), procore_key(authorization, company_id), now=now, reserve=reserve),
        now=now,
        sleep=sleep,
        time_left=time_left,
    )


def procore_key(authorization: Authorization, company_id: str) -> str:
    """The budget that one authorizer has in one company.

    Procore counts by the token's owner: one person connected twice, or in two tenants, has one budget.
    """
    return f"procore#{authorization.environment}#{authorization.kind}#{authorization.subject}#{company_id}"


@functools.cache
def default_calls() -> CxAlloyCalls:
    """The tracker's calls that no public source confirms, as this deployment sets them for new ones."""
    from plumbline.cxalloy.calls import CxAlloyCalls

    return CxAlloyCalls.model_validate_json(setting("TRACKER_CALLS", "{}"))


def cxalloy_client(authorization: Authorization, calls: CxAlloyCalls) -> CxAlloyClient:
    """A client that speaks with one key of the tracker."""
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.errors import Retry

    secret = authorizations().token(authorization.id)
    plain = sealer().open(secret.blob, authorization_id=authorization.id).decode() if secret else ""
    budget, key = tracker_budget(), f"cxalloy#{authorization.host}#{authorization.subject}"

    def gate() -> None:
        if wait := budget.take(key, now=now()):
            raise Retry("The tracker's hourly limit is used up", after=wait)

    return CxAlloyClient(
        authorization.host,
        authorization.subject,
        plain,
        authorization_id=authorization.id,
        session=session(),
        calls=calls,
        now=now,
        gate=gate,
    )

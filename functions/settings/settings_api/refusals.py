"""How errors are answered: a code, the cause, the next step and the field, and never a secret."""

import math
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import BaseModel

from plumbline import wiring
from plumbline.connections.braking import PlanChanged
from plumbline.connections.problems import Problem, Problems
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.procore.errors import APP_NOT_INSTALLED, USER_INSTALLS_OFF
from plumbline.stores.ports import Stale
from settings_api.sync_answers import Brake

MOST_PROBLEMS = 20
_LOOK = "The fields are in /openapi.json."
_PLAIN = {"string_pattern_mismatch": "It has characters or a form that this field does not take"}
_STEPS = {
    "missing": "Give it. ",
    "extra_forbidden": "Leave it out. ",
}


class Install(BaseModel):
    """What a Procore company admin needs in order to install the app (S5)."""

    app_name: str
    app_version_key: str
    ways: list[str]
    check_again: str


class Refusal(BaseModel):
    """Why a request was refused and what to do; `plan` is the one that holds now, where another was meant."""

    code: str
    cause: str
    next_step: str
    field: str
    problems: list[Problem]
    support_address: str = ""
    install: Install | None = None
    plan: Brake | None = None


class RefusalAnswer(BaseModel):
    """The body of every answer of 400 and above."""

    error: Refusal


def register(app: APIGatewayRestResolver) -> None:
    """Teach the resolver how each error is answered."""
    app.exception_handler(Reject)(partial(_rejected, app))
    app.exception_handler(Retry)(partial(_later, app))
    app.exception_handler(NeedsAuthorization)(partial(_unauthorized, app))
    app.exception_handler(Stale)(partial(_stale, app))
    app.exception_handler(RequestValidationError)(partial(_invalid, app))
    app.exception_handler(NotFoundError)(partial(_no_route, app))


def answer(error: Reject, *, support: str = "", install: Install | None = None) -> Response[Any]:
    """Return the answer to a refusal."""
    field = error.field or "request"
    listed = (
        error.problems if isinstance(error, Problems) else (Problem(field, error.cause, error.next_step),)
    )
    refusal = Refusal(
        code=error.code,
        cause=error.cause,
        next_step=error.next_step,
        field=field,
        problems=list(listed),
        support_address=support,
        **({"install": install} if install else {}),
        **({"plan": Brake.of(error.plan)} if isinstance(error, PlanChanged) else {}),
    )
    body = RefusalAnswer(error=refusal).model_dump_json(exclude_unset=True)
    return Response(error.status, "application/json", body)


def answer_event(error: Reject) -> dict[str, Any]:
    """Return the answer to a refusal that comes before any route, as API Gateway takes it."""
    made = answer(error, support=wiring.setting("SUPPORT_ADDRESS", ""))
    return {
        "statusCode": made.status_code,
        "headers": {"Content-Type": "application/json"},
        "body": made.body,
    }


def _rejected(app: APIGatewayRestResolver, error: Reject) -> Response[Any]:
    lacks_app = error.code in (APP_NOT_INSTALLED, USER_INSTALLS_OFF)
    return answer(error, support=_support(app), install=_install(app) if lacks_app else None)


def _later(app: APIGatewayRestResolver, error: Retry) -> Response[Any]:
    seconds = max(1, math.ceil(error.after))
    step = f"Send the same request again in {seconds} s."
    told = Reject("try_again", f"{error.reason.rstrip('.')}.", step, field="request", status=503)
    made = answer(told, support=_support(app))
    made.headers["Retry-After"] = str(seconds)
    return made


def _unauthorized(app: APIGatewayRestResolver, error: NeedsAuthorization) -> Response[Any]:
    step = f"Authorize {error.authorization_id} again, or replace its key."
    told = Reject("needs_authorization", error.cause, step, field="authorization_id", status=409)
    return answer(told, support=_support(app))


def _stale(app: APIGatewayRestResolver, _error: Stale) -> Response[Any]:
    cause = "This changed meanwhile."
    told = Reject(
        "changed_meanwhile", cause, "Read it again, then decide again.", field="version", status=409
    )
    return answer(told, support=_support(app))


def _no_route(app: APIGatewayRestResolver, _error: NotFoundError) -> Response[Any]:
    cause = "There is nothing at this address with this method."
    told = Reject("no_such_route", cause, "The routes are in /openapi.json.", field="path", status=404)
    return answer(told, support=_support(app))


def _invalid(app: APIGatewayRestResolver, error: RequestValidationError) -> Response[Any]:
    """Name each field at fault. What was sent is never repeated: it may be a secret."""
    listed = [_problem(one) for one in error.errors()[:MOST_PROBLEMS]]
    in_path = any(one["loc"][:1] == ("path",) for one in error.errors())
    if in_path:
        told = Reject(
            "not_found", "There is no such id.", listed[0].next_step, field=listed[0].field, status=404
        )
        return answer(told, support=_support(app))
    return answer(Problems("invalid", tuple(listed)), support=_support(app))


def _problem(error: dict[str, Any]) -> Problem:
    where = [str(part) for part in error["loc"]]
    field = ".".join(where[1:]) or where[0]
    told = str(error.get("msg") or error["type"]).removeprefix("Value error, ")
    reason = _PLAIN.get(error["type"], told)
    return Problem(field, f"{reason.rstrip('.')}.", _STEPS.get(error["type"], "Correct it. ") + _LOOK)


def _install(app: APIGatewayRestResolver) -> Install:
    name = wiring.setting("PROCORE_APP_NAME", "Plumbline")
    key = wiring.setting("PROCORE_APP_VERSION_KEY", "")
    return Install(
        app_name=name,
        app_version_key=key,
        ways=[
            f"From Procore's App Marketplace: find {name} and install it for the company.",
            "As a custom app: Company Admin, App Management, Install App, Install Custom App, then the App "
            f"Version Key {key or '(ask support for it)'}.",
        ],
        check_again=str(app.current_event.path),
    )


def _support(app: APIGatewayRestResolver) -> str:
    """The tenant's own support address, else that of the deployment."""
    visit = app.context.get("visit")
    own = visit.tenant.support_address if visit else ""
    return own or wiring.setting("SUPPORT_ADDRESS", "")

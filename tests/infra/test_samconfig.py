"""The ways to deploy: dev and prod, with nothing secret written down."""

from __future__ import annotations

import tomllib

import pytest
from tests.infra.stack import STAGES, TEMPLATE
from tests.template import ROOT

CONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text())
DEPLOYED = ("dev", "prod")


def given(stage: str) -> dict[str, str]:
    """The parameters that a deployment sets."""
    pairs = CONFIG[stage]["deploy"]["parameters"]["parameter_overrides"].split()
    return dict(pair.split("=", 1) for pair in pairs)


def test_there_is_a_dev_and_a_prod() -> None:
    assert {name for name in CONFIG if name != "version"} == {"default", "dev", "prod"}


@pytest.mark.parametrize("stage", DEPLOYED)
def test_a_deployment_names_its_stage_and_only_parameters_that_there_are(stage: str) -> None:
    assert given(stage)["Stage"] == stage
    assert stage in STAGES
    assert set(given(stage)) <= set(TEMPLATE["Parameters"])


@pytest.mark.parametrize("stage", DEPLOYED)
def test_the_credentials_of_the_app_are_typed_in_and_not_kept(stage: str) -> None:
    assert {"ProcoreClientId", "ProcoreClientSecret", "ProcoreAppVersionKey"}.isdisjoint(given(stage))


@pytest.mark.parametrize("stage", DEPLOYED)
def test_a_deployment_may_make_roles_and_nested_templates(stage: str) -> None:
    parameters = CONFIG[stage]["deploy"]["parameters"]

    assert parameters["capabilities"].split() == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert parameters["resolve_s3"] is True


def test_production_is_asked_for_twice_and_speaks_to_the_real_procore() -> None:
    assert CONFIG["prod"]["deploy"]["parameters"]["confirm_changeset"] is True
    assert given("prod")["ProcoreEnvironment"] == "production"
    assert given("dev")["ProcoreEnvironment"] == "developer_sandbox"

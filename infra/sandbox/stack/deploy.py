"""Builds the real template with SAM and deploys it to the local AWS, as one would to the cloud."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from sandbox.stack.settings import ROOT, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.stack.settings import Settings

REGION = "us-east-1"


def environment(settings: Settings) -> dict[str, str]:
    """What makes every AWS client and SAM speak to the local AWS, which takes any key for its own."""
    return {
        "AWS_ENDPOINT_URL": settings.aws,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
    }


def client(settings: Settings, service: str) -> Any:
    """A client of the local AWS."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=settings.aws,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def build(settings: Settings) -> None:
    """`sam build`, for this machine's interpreter, since the local AWS runs functions with it."""
    for stray in (ROOT / "functions").rglob("__pycache__"):
        shutil.rmtree(stray)  # functions are deployed as they lie here; bytecode of tests is none of them
    _sam(
        settings,
        ["build", "--build-dir", str(_built(settings)), "--template", "template.yaml"],
        {
            "PLUMBLINE_PLATFORM": "host",
            "PLUMBLINE_PYTHON": "host",
            "HOST_PYTHON": str(ROOT / ".tools/ministack/bin/python"),
            "UV": str(ROOT / ".tools/uv/bin/uv"),
        },
    )


def deploy(settings: Settings, parameters: Mapping[str, str]) -> None:
    """`sam deploy` of what was built."""
    overrides = [f"{name}={_quoted(value)}" for name, value in parameters.items()]
    _sam(
        settings,
        [
            *("deploy", "--template-file", str(_built(settings) / "template.yaml")),
            *("--stack-name", settings.stack_name, "--resolve-s3", "--no-confirm-changeset"),
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
            *("--no-fail-on-empty-changeset", "--parameter-overrides", *overrides),
        ],
        {},
    )


def _quoted(value: str) -> str:
    """A parameter as SAM reads it: in double quotes, with those inside it escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def outputs(settings: Settings) -> dict[str, str]:
    """The deployed stack's outputs; raises `Trouble` when there is none."""
    try:
        stacks = client(settings, "cloudformation").describe_stacks(StackName=settings.stack_name)["Stacks"]
    except ClientError as error:
        raise Trouble("The stack is not deployed: run make up first.") from error
    return {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}


def let_mails_out(settings: Settings, sender: str, function: str) -> None:
    """Verify the sender, which the local SES does at once, and let the function send in its name.

    The local AWS asks for ses:SendEmail on "*", whoever sends; the template's role has it on the sender only.
    """
    client(settings, "sesv2").create_email_identity(EmailIdentity=sender)
    role = client(settings, "lambda").get_function_configuration(FunctionName=function)["Role"]
    allowed = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
    client(settings, "iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="local-mail",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )


def _built(settings: Settings) -> Any:
    return settings.folder / "build"


def _sam(settings: Settings, arguments: Sequence[str], more: Mapping[str, str]) -> None:
    """Run SAM quietly; its output is shown only when it fails."""
    done = subprocess.run(
        [str(ROOT / ".tools/sam/bin/sam"), *arguments],
        cwd=ROOT,
        env={**os.environ, **environment(settings), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-6000:] + done.stderr[-6000:])
        raise Trouble(f"sam {arguments[0]} failed; its last lines are above.")

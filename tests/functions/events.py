"""API Gateway's REST proxy events, as Lambda gets them."""

from __future__ import annotations

import json
from typing import Any


def api_event(
    method: str,
    path: str,
    body: object = None,
    *,
    claims: dict[str, Any] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    raw_body: str | None = None,
) -> dict[str, Any]:
    """One request; `body` is sent as JSON, `raw_body` as it is, `claims` are the sign-in's."""
    text = raw_body if raw_body is not None else (None if body is None else json.dumps(body))
    sent = {
        "Host": "api.example.test",
        **({"Content-Type": "application/json"} if text else {}),
        **(headers or {}),
    }
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()}
        if query
        else None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": f"/v1{path}",
            "stage": "v1",
            "requestId": "00000000-0000-4000-8000-000000000001",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "tests"},
            **({"authorizer": {"claims": claims}} if claims else {}),
        },
        "body": text,
        "isBase64Encoded": False,
    }


class Context:
    """What Lambda tells a function about its invocation."""

    function_name = "settings"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:settings"
    aws_request_id = "00000000-0000-4000-8000-000000000002"

    def get_remaining_time_in_millis(self) -> int:
        """Say how long the function may still run."""
        return 29_000

"""The few calls of AWS that Plumbline's wiring makes itself, answered by the simulation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.simulation.queues import Queue


class Aws:
    """Stands for every client at once: queues, other functions, secrets and parameters."""

    def __init__(
        self,
        queues: Mapping[str, Queue],
        secrets: Mapping[str, object],
        parameters: Mapping[str, str],
        invoke: Callable[[str, dict[str, Any]], object],
    ) -> None:
        self._queues, self._secrets, self._parameters = queues, secrets, parameters
        self._invoke = invoke

    def send_message(self, *, QueueUrl: str, MessageBody: str, **_more: str) -> dict[str, str]:  # noqa: N803
        """SQS: put one message on a queue."""
        self._queues[QueueUrl].send(MessageBody)
        return {"MessageId": "1"}

    def get_queue_attributes(self, *, QueueUrl: str, **_more: object) -> dict[str, Any]:  # noqa: N803
        """SQS: how many messages wait."""
        waiting = str(self._queues[QueueUrl].backlog())
        return {"Attributes": {"ApproximateNumberOfMessages": waiting}}

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
    ) -> None:
        """SQS: hide a message that is being handled for so many seconds from now."""
        self._queues[QueueUrl].put_off(ReceiptHandle, VisibilityTimeout)

    def invoke(self, *, FunctionName: str, Payload: bytes, **_more: str) -> dict[str, int]:  # noqa: N803
        """Lambda: start a function with an event and do not wait for it."""
        self._invoke(FunctionName, json.loads(Payload))
        return {"StatusCode": 202}

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        """Secrets Manager: a secret's text."""
        return {"SecretString": json.dumps(self._secrets[SecretId])}

    def get_parameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N803
        """Systems Manager: a parameter."""
        return {"Parameter": {"Value": self._parameters[Name]}}

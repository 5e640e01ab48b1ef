"""Refusals of the sandbox CxAlloy TQ and the shape they are answered in."""

from __future__ import annotations

from sandbox.http import Response, json_response


class Refused(Exception):
    """A request that is answered with an error body."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after

    def response(self, *, as_200: bool) -> Response:
        """Return the answer; some refusals of the real API come as a 200 with an error body."""
        headers = () if self.retry_after is None else (("Retry-After", str(self.retry_after)),)
        hidden = as_200 and self.status in {400, 404, 422}
        body = {"error": self.message, "message": self.message} if hidden else {"error": self.message}
        return json_response(body, 200 if hidden else self.status, headers)

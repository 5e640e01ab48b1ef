"""`make up`, `make down`, `make logs`, `make token`."""

from __future__ import annotations

import argparse
import sys

from sandbox.demo.api import Api
from sandbox.stack import deploy, logs, up
from sandbox.stack.settings import Settings, Trouble, read


def _token(settings: Settings) -> str:
    """An access token of the manager of the local stack, good for an hour."""
    outputs = deploy.outputs(settings)
    api = Api(settings, outputs["Address"])
    api.sign_in(settings, outputs, up.MANAGER, up.manager_password(settings))
    return api.token


def _up(settings: Settings) -> None:
    """Bring the stack up, and say where it is and who may sign in to its console."""
    for name, value in up.up(settings).items():
        up.say(f"  {name}: {value}")
    _token(settings)  # makes the manager
    up.say(f"Sign in to the console as {up.MANAGER} with {up.manager_password(settings)}")


def main() -> int:
    """Run one verb; trouble is one line on stderr and exit code 1."""
    parser = argparse.ArgumentParser(description="the local stack")
    parser.add_argument("verb", choices=["up", "down", "logs", "token"])
    verb = parser.parse_args().verb
    try:
        settings = read()
        if verb == "down":
            up.down(settings)
        elif verb == "logs":
            logs.show(settings)
        elif verb == "token":
            up.say(_token(settings))
        else:
            _up(settings)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    return 0


sys.exit(main())

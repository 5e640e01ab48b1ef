"""`make up`, `make down`, `make logs`."""

from __future__ import annotations

import argparse
import sys

from sandbox.stack import logs, up
from sandbox.stack.settings import Trouble, read


def main() -> int:
    """Run one verb; trouble is one line on stderr and exit code 1."""
    parser = argparse.ArgumentParser(description="the local stack")
    parser.add_argument("verb", choices=["up", "down", "logs"])
    verb = parser.parse_args().verb
    try:
        settings = read()
        if verb == "down":
            up.down(settings)
        elif verb == "logs":
            logs.show(settings)
        else:
            for name, value in up.up(settings).items():
                up.say(f"  {name}: {value}")
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    return 0


sys.exit(main())

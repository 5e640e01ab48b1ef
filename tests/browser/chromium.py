"""The browser that the tests drive: one that is there, or Debian's own package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PACKAGES = ("chromium", "fonts-liberation")
WHAT_TO_DO = "The browser tests need Chromium: install it (Debian, as root: apt-get install chromium)."


def find() -> str:
    """The program of a Chromium on this machine; "" where there is none."""
    found = (shutil.which(name) for name in (*NAMES, MAC))
    return next((one for one in found if one), "")


def install() -> None:
    """Install Debian's package; as root and with apt-get only."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", "--quiet", *words], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
            return


def main() -> int:
    """See to it that there is a browser; else say in one line what to do."""
    if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Chromium", flush=True)
        install()
    if not find():
        sys.stderr.write(f"{WHAT_TO_DO}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

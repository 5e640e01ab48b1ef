"""The measure of memory tells growth, also of a process that a bigger one started."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.template import ROOT

GROWN = 50_000_000
GROWING = f"""
from tests.bench import peak
grown = peak.growth()
held = b"x" * {GROWN}
del held
print(grown())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells a program's own peak")
def test_growth_is_told_under_a_bigger_parent() -> None:
    bigger = b"x" * (3 * GROWN)

    told = subprocess.run([sys.executable, "-c", GROWING], cwd=ROOT, stdout=subprocess.PIPE, check=True)

    assert len(bigger) == 3 * GROWN  # held until here
    assert float(told.stdout) * 1e6 == pytest.approx(GROWN, rel=0.1)

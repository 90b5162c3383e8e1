"""What every test shares: the profiles of hypothesis, and an environment without colours.

Must not know what is tested.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Every run draws the same examples, so that a failure is a change of the code and not of luck.
SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "default",
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=SLOW_IS_FINE,
)
settings.register_profile("ci", settings.get_profile("default"), max_examples=400)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

COLOURS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "GITHUB_ACTIONS",
    "PY_COLORS",
)

# No variable of the machine decides whether anything is coloured.
for name in COLOURS:
    os.environ.pop(name, None)

# A fault while a mend is sought is an error here, in processes of their own, too.
os.environ["GRADCLI_STRICT"] = "1"

# What a run found must not answer for the next one, whose program a test may have changed.
os.environ["GRADCLI_NO_CACHE"] = "1"

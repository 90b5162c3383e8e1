"""NumPy on demand: found when the program starts, run when something of it is first asked for.

Must not know who asks. It is for a process that is gradcli's own; whoever imports gradcli has
NumPy as everybody has it.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

_RUN = RLock()


class OnDemand(ModuleType):
    """A module that is run at the first lookup of what it does not have yet; other threads wait.

    `importlib.util.LazyLoader` runs it at the next import statement, which looks up `__spec__`.
    """

    def __getattr__(self, name: str) -> Any:
        with _RUN:
            if self.__class__ is OnDemand:
                spec = self.__spec__
                if spec is None or spec.loader is None or vars(self).get("(running)"):
                    # What it looks up itself while it runs is not there yet.
                    raise AttributeError(name)
                vars(self)["(running)"] = True
                spec.loader.exec_module(self)
                self.__class__ = ModuleType  # type: ignore[assignment]
        return getattr(self, name)


def on_demand(name: str) -> None:
    """Put off the run of a module until something of it is asked for."""
    if name not in sys.modules and (spec := find_spec(name)):
        module = module_from_spec(spec)
        module.__class__ = OnDemand
        sys.modules[name] = module

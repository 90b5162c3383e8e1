"""A prompt with a history and completion, by prompt_toolkit, which is an extra.

Must not know what a line means, nor be imported where that package may be missing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import FileHistory, InMemoryHistory

from gradcli.cli.session import OF_THE_PROGRAM, OWN, WORDS, Session

LAST = re.compile(r"[^\W\d]\w*$")


class _LineWords(Completer):
    """Words of the conversation at the beginning of a line; names and functions everywhere."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Any, complete_event: Any) -> Iterator[Completion]:
        from gradcli.ops import FUNCTIONS  # noqa: PLC0415 only a run needs it

        before = document.text_before_cursor
        last = LAST.search(before)
        if last is None:
            return
        begin = last.group()
        words = [*WORDS, *OF_THE_PROGRAM, *OWN] if not before[: last.start()].strip() else []
        names = [*self._session.values, *self._session.statements]
        for word in dict.fromkeys([*words, *names, *(f"{name}(" for name in FUNCTIONS)]):
            if word.startswith(begin):
                yield Completion(word, start_position=-len(begin))


def prompter(session: Session, prompt: str) -> Callable[[], str]:
    """A function that asks for a line; the history is kept in the state of the user."""
    state = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
    place = Path(state) / "gradcli" / "history"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        history: Any = FileHistory(str(place))
    except OSError:
        history = InMemoryHistory()
    asked: Any = PromptSession(
        history=history, completer=_LineWords(session), auto_suggest=AutoSuggestFromHistory()
    )
    return lambda: str(asked.prompt(prompt))

"""Real editors without a screen, under the settings that are shipped: marks, quick fixes, holes.

Must not know the protocol.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from socket import socket

import pytest

from tests.code_cases import SCALE

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
WRONG = """\
w, x, b, y in R
derivation "neuron"
p = w*x + b
L = (p - y)^2
dL/dw = (p - y)*x
dL/db = ?
"""
RIGHT = WRONG.replace("= (p - y)*x", "= 2*(p - y)*x").replace("?", "2*(p - y)")
EGLOT = ("emacs", "--batch", "--eval", "(progn (package-initialize) (require 'eglot))")
NEEDED = {"neovim": ("nvim", "--version"), "emacs": EGLOT}
RUN = {
    "neovim": ("nvim", "--headless", "-u", "NONE", "-c", f"luafile {DATA / 'neovim.lua'}"),
    "emacs": ("emacs", "--batch", "-f", "package-initialize", "-l", str(DATA / "emacs.el")),
}
SETTINGS = {"neovim": "neovim/gradcli.lua", "emacs": "emacs/gradcli.el"}


def is_there(name: str) -> bool:
    command = NEEDED[name]
    return (
        bool(shutil.which(command[0]))
        and not subprocess.run(command, check=False, capture_output=True, timeout=60).returncode
    )


@pytest.mark.slow
@pytest.mark.skipif(find_spec("pygls") is None, reason="pygls is not installed (the extra lsp)")
@pytest.mark.parametrize("name", NEEDED)
def test_an_editor_marks_and_mends(name: str, tmp_path: Path) -> None:
    if not is_there(name):
        pytest.skip(f"{name} with a client of the protocol is not installed")
    (tmp_path / ".git").mkdir()
    file = tmp_path / "a.grad"
    file.write_text(WRONG, encoding="utf-8")
    gradcli = Path(sys.executable).with_name("gradcli")
    given = {
        "GRADCLI": str(gradcli), "FILE": str(file), "HOME": str(tmp_path),
        "SETTINGS": str(ROOT / "editors" / SETTINGS[name]),
    }  # fmt: skip
    done = subprocess.run(
        RUN[name], env={**os.environ, **given}, text=True, encoding="utf-8", timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=tmp_path,
    )  # fmt: skip
    text = done.stdout.replace("\r", "")
    assert "5: " in text and "this is not dL/dw" in text, text
    assert "6: " in text and "dL/db = 2*(p - y)" in text, text
    assert "0 left" in text, text
    assert RIGHT.strip() in text, text


VSCODE = ROOT / "editors" / "vscode"
PACKAGE = VSCODE / "gradcli-0.1.0.vsix"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")


@pytest.mark.slow
@pytest.mark.skipif(find_spec("pygls") is None, reason="pygls is not installed (the extra lsp)")
@pytest.mark.skipif(
    not (shutil.which("code-server") and BROWSER and PACKAGE.exists()),
    reason="code-server, a browser, or the packaged extension is not there",
)
def test_visual_studio_code_starts_the_server_and_checks_code(tmp_path: Path) -> None:
    work, own = tmp_path / "work", tmp_path / "own"
    (own / "Machine").mkdir(parents=True)
    work.mkdir()
    (work / "layers.py").write_text(SCALE, encoding="utf-8")
    command = str(Path(sys.executable).with_name("gradcli"))
    settings = {
        "gradcli.command": command, "gradcli.runCode": True,
        "security.workspace.trust.enabled": False, "workbench.startupEditor": "none",
    }  # fmt: skip
    (own / "Machine" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    code = ["code-server", "--user-data-dir", str(own), "--extensions-dir", str(tmp_path / "e")]
    subprocess.run(
        [*code, "--install-extension", str(PACKAGE)], check=True, capture_output=True, timeout=120
    )
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    served = subprocess.Popen(
        [*code, "--auth", "none", "--bind-addr", place, str(work)], start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    given = {
        "ADDRESS": f"http://{place}/?folder={work}", "FILE": "layers.py", "BROWSER": BROWSER,
        "NODE_PATH": str(VSCODE / "node_modules"),
    }  # fmt: skip
    try:
        done = subprocess.run(
            ("node", str(DATA / "vscode.js")), env={**os.environ, **given}, text=True,
            encoding="utf-8", capture_output=True, check=False, timeout=240,
        )  # fmt: skip
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(20)
    text = done.stdout.replace("\xa0", " ") + done.stderr
    assert "run this file to check the gradient" in text, text
    assert "dw = w✗ refuted" in text, text

"""What a package index and a visitor see: metadata, links, the picture, the section of a release.

Must not build a wheel: CI does.
"""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import gradcli
from tests.running import here

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HOME = "https://github.com/gradcli/gradcli"
BRANCH = re.compile(r"/(?:blob|tree)/main/|//raw\.githubusercontent\.com/gradcli/gradcli/main/")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_version_is_one() -> None:
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert cited
    assert PROJECT["version"] == cited[1] == gradcli.__version__


def test_the_licence_and_the_types_are_shipped() -> None:
    assert PROJECT["license"] == "MIT"
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])
    assert (ROOT / "gradcli" / "py.typed").is_file()


def test_links_of_the_readme_work_on_a_package_index() -> None:
    text = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.S)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert len(links) > 20
    assert all(link.startswith("https://") for link in links)
    for page in (ROOT / "docs").rglob("*.md"):
        links += re.findall(r"\]\((https://[^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        if BRANCH.search(link):
            path = BRANCH.split(link)[1].partition("#")[0]
            assert (ROOT / path).exists(), link
            assert ("/tree/" in link) == (ROOT / path).is_dir(), link
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    urls = dict(PROJECT["urls"])
    assert urls.pop("Documentation") == site["site_url"]
    assert all(url.startswith(HOME) for url in [site["repo_url"], *urls.values()])


def test_the_start_of_the_readme(tmp_path: Path) -> None:
    """What the file holds is judged as a reader would have it: one line is right, one is mended."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [(name, held, command)] = re.findall(r"cat > (\S+) <<'END'\n(.*?)END\n(.*?)\n```", text, re.S)
    (tmp_path / name).write_text(held, encoding="utf-8")
    program, *arguments = command.split()
    assert program == "gradcli"
    done = here(*arguments, cwd=tmp_path)
    assert done.code == 1, done.err
    assert done.out.count("error[") == 1
    assert "mend: e * w" in done.out


@pytest.mark.parametrize("name", script("screenshot").PICTURES)
def test_a_picture_is_fresh(name: str) -> None:
    stored = (ROOT / "docs" / "images" / name).read_text(encoding="utf-8")
    assert "the&#160;path&#160;through&#160;d&#160;is&#160;missing" in stored
    assert stored == script("screenshot").picture(name), "run docs/screenshot.py"


CHANGES = """# Changelog

## 1.1, unreleased

- c

## 1.0, 2026-01-02

- a
- b

## 0.9, 2025-01-02
"""


def test_the_section_of_a_version() -> None:
    notes = script("release_notes").notes
    assert notes("1.0", CHANGES) == "- a\n- b\n"
    for version, wrong in (("1.1", "no date"), ("1", "no section"), ("0.9", "empty")):
        with pytest.raises(ValueError, match=wrong):
            notes(version, CHANGES)


def test_the_changelog_has_a_section_for_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.match(rf"# Changelog\n\n## {re.escape(gradcli.__version__)}, ", text)
    dated = text.replace(", unreleased\n", ", 2026-01-02\n", 1)
    assert "\n- " in script("release_notes").notes(gradcli.__version__, dated)

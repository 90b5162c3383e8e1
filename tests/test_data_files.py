"""Data files that are damaged, endless or not what their names say: an error each, and soon.

Must not know how a format is read.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gradcli.arithmetic import files
from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.reading import content


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def headed(header: str) -> bytes:
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"\0" * 16


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return stream.getvalue()


def marked(place: int, data: bytes) -> bytes:
    """An archive that says something else of its member, there and in its directory."""
    whole = bytearray(zipped(a=ONE))
    entry = whole.find(b"PK\x01\x02")
    whole[6 + place : 6 + place + len(data)] = data
    whole[entry + 8 + place : entry + 8 + place + len(data)] = data
    return bytes(whole)


ONE = npy([1.0, 2.0])
SHAPED = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
BINARY = [
    b"", b"x", b"\x93NUMPY", ONE[:20], ONE[:-3], ONE[:9] + b"\xff" * 60, b"PK\x03\x04", b"\0" * 100,
    npy([]), npy([np.nan]), npy([np.inf]), npy(["a"]), npy([1j]), npy([None]), npy([{}]),
    npy(np.array(["2020"], dtype="M8")), npy(np.zeros(2, "f8,i4")),
    headed(SHAPED % ("<f8", "(1000000000000,)")), headed(SHAPED % ("<f8", f"({'1, ' * 40})")),
    headed(SHAPED % ("<f8", "(-2,)")), headed(SHAPED % ("<q9", "(2,)")), headed("{'descr': 1"),
    headed("__import__('os').getpid()"), headed(SHAPED % ("|O", "(2,)")),
    ONE.replace(b"\x01\x00", b"\x09\x09", 1),
]  # fmt: skip
ARCHIVES = [
    b"", b"x", ONE, b"PK\x05\x06", zipped(), zipped(b=ONE), zipped(a=b"x"), zipped(a=b""),
    zipped(a=ONE)[:-30], zipped(a=ONE)[:40], zipped(a=npy([np.nan])), zipped(a=npy([None])),
    zipped(a=ONE[:12]), zipped(a=ONE[:9]), zipped(a=zipped(a=ONE)),
    zipped(a=headed(SHAPED % ("<f8", "(99999999999,)"))), marked(0, b"\1"), marked(2, b"\x63"),
    marked(8, b"\xff"), marked(16, b"\xf0\xff\xff\xff"), marked(16, b"\1\0"),
]  # fmt: skip
TABLES = [
    b"", b"\n", b"a,b\n1,2\n", b"1,2\n3\n", b"1;2\n", b"\xff\xfe1\n", b"1,\n", b"nan\n", b"inf\n",
    b"1e99999999\n", b"1_000\n", "١\n".encode(), b"0x10\n",
    b'"1,2\n', b"\0\n", b"1,2,x\n", b"9" * 20_000,
]  # fmt: skip
NESTED = [
    b"", b"{", b"[1, 2", b"[]", b"[[1], [1, 2]]", b"[[1], 2]", b'["a"]', b"[null]", b"[NaN]",
    b"[1e99999999]", b"{}", b"[true]", b"[" * 100_000, b"\xff", b"[Infinity]",
]  # fmt: skip
MALFORMED = [
    (f"{kind}{number}", suffix, data)
    for kind, suffix, group in (
        ("npy", ".npy", BINARY),
        ("npz", ".npz", ARCHIVES),
        ("csv", ".csv", TABLES),
        ("json", ".json", NESTED),
    )
    for number, data in enumerate(group)
]


@pytest.mark.parametrize(("name", "suffix", "data"), MALFORMED, ids=[m[0] for m in MALFORMED])
def test_a_damaged_file_is_an_error(
    name: str, suffix: str, data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"w{suffix}"
    file.write_bytes(data)
    named = f"w=@{file}:a" if suffix == ".npz" else f"w=@{file}"
    assert run(group, ["diff", "sum(w)", "--at", named]) == 2
    assert "error[G01" in capsys.readouterr().err


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[Path]:
    for suffix in ("json", "csv", "npy", "npz", "md", "grad"):
        (tmp_path / f"zero.{suffix}").symlink_to("/dev/zero")
        os.mkfifo(tmp_path / f"pipe.{suffix}")
    yield tmp_path


@pytest.mark.parametrize("suffix", ["json", "csv", "npy", "npz:a"])
@pytest.mark.parametrize("kind", ["zero", "pipe"])
def test_only_regular_files_are_read(
    kind: str, suffix: str, endless: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(group, ["diff", "sum(w)", "--at", f"w=@{endless}/{kind}.{suffix}"]) == 2
    assert "no regular file" in capsys.readouterr().err
    if suffix == "json":
        assert run(group, ["diff", "sum(w)", "--at", f"@{endless}/{kind}.json"]) == 2


@pytest.mark.parametrize("name", ["zero.", "pipe.md", "pipe.grad"])
def test_a_walk_names_what_is_no_regular_file(
    name: str, endless: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (endless / "good.grad").write_text("1 + 1 = 2\n")
    assert run(group, ["check", str(endless), "--format", "json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["summary"]["proved"] == 1
    reason = "outside" if name == "zero." else "no regular file"
    assert any(name in str(error) and reason in str(error) for error in report["errors"])


def test_an_archive_is_measured_unpacked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1 << 20)
    header = headed(SHAPED % ("<f8", "(200000,)"))[:-16]
    file = tmp_path / "w.npz"
    file.write_bytes(zipped(a=header + b"\0" * 1_600_000))
    assert file.stat().st_size < 10_000
    assert run(group, ["diff", "sum(w)", "--at", f"w=@{file}:a"]) == 2
    assert "unpacked" in capsys.readouterr().err


def test_of_a_long_archive_some_members_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "w.npz"
    file.write_bytes(zipped(**{f"m{k}": ONE for k in range(100)}))
    assert run(group, ["diff", "sum(w)", "--at", f"w=@{file}:a"]) == 2
    said = capsys.readouterr().err
    assert "m7 …" in said and "m8" not in said


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no file that hides its size")
def test_a_size_that_grows_while_a_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="larger than 0 MB"):
        content(Path("/proc/self/status"), 100)


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    asked = ["check", "-e", "1 = 1", "--format", "json", "--output", str(file)]
    assert run(group, asked) == 0
    assert json.loads(file.read_text())
    assert [*tmp_path.iterdir()] == [file]

"""Tables in files: the same numbers out of every format, and every value that is none named.

Must not know programs: columns are read, and once summed up to see that a file does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli import engine
from gradcli.errors import GradcliError
from gradcli.rows.passes import totals
from gradcli.rows.program import RowQuestion
from gradcli.tables import csv_files, numpy_files, table
from gradcli.tables.files import rows_of
from gradcli.tables.table import spelled
from tests.running import here

ROWS = 250
RNG = np.random.default_rng(3)
COLUMNS: dict[str, Any] = {
    "age": RNG.integers(18, 90, size=ROWS),
    "income": RNG.normal(size=ROWS),
    "Spending Score (1-100)": RNG.normal(size=ROWS),
    "member": RNG.integers(0, 2, size=ROWS).astype(bool),
}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few hundred rows have several pieces, and these several blocks."""
    for module in (table, csv_files, numpy_files):
        monkeypatch.setattr(module, "BLOCK", 16)
    monkeypatch.setattr(numpy_files, "PIECE", 50)
    monkeypatch.setattr(csv_files, "BYTES", 700)


def arrow() -> Any:
    return pytest.importorskip("pyarrow", reason="reads Parquet and Arrow files")


def csv(path: Path) -> None:
    lines = [",".join(COLUMNS)]
    lines += [",".join(map(str, row)) for row in zip(*COLUMNS.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def npy(path: Path) -> None:
    kinds = [(name, array.dtype) for name, array in COLUMNS.items()]
    records = np.empty(ROWS, dtype=kinds)
    for name, array in COLUMNS.items():
        records[name] = array
    np.save(path, records)


def by_arrow(path: Path, columns: Mapping[str, Any] = COLUMNS) -> None:
    """A Parquet or an Arrow file, as its name says, in groups of 60 rows."""
    pa = arrow()
    whole = pa.table(columns)
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow.parquet").write_table(whole, path, row_group_size=60)
        return
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole, max_chunksize=60)


FORMATS: dict[str, Callable[[Path], None]] = {
    "t.csv": csv, "t.npy": npy, "t.parquet": by_arrow, "t.arrow": by_arrow,
}  # fmt: skip


def read(*texts: str) -> dict[str, Any]:
    """All columns of a table, by the names that a program uses."""
    found = rows_of(texts)
    titles = {name: column.title for name, column in found.columns.items()}
    blocks = []
    for piece in found.pieces():
        blocks += (mine := [*table.blocks(piece, [*titles.values()])])
        rows = sum(block.rows for block in mine)
        assert piece.size == (len(piece.text) if isinstance(piece, csv_files.CsvText) else rows)
    assert found.size == sum(piece.size for piece in found.pieces())
    return {
        name: np.concatenate([block.columns[title] for block in blocks])
        for name, title in titles.items()
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_the_same_numbers(name: str, tmp_path: Path) -> None:
    FORMATS[name](tmp_path / name)
    found = read(str(tmp_path / name))
    assert [*found] == ["age", "income", "Spending_Score_1_100", "member"]
    for array, truth in zip(found.values(), COLUMNS.values(), strict=True):
        assert array.dtype == np.float64
        assert array.tobytes() == truth.astype(np.float64).tobytes()
    assert len([*rows_of([str(tmp_path / name)]).pieces()]) > 3


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_sum(name: str, tmp_path: Path) -> None:
    FORMATS[name](tmp_path / name)
    done = here(
        "diff", "mean((X @ w - y)^2)", "--rows", name, "--let", "X = [age/90, income]; y = member",
        "--at", "w=[1, 2]", "--format", "json", cwd=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    X = np.column_stack([COLUMNS["age"] / 90, COLUMNS["income"]])
    r = X @ [1, 2] - COLUMNS["member"]
    said = json.loads(done.out)
    assert said["rows"] == ROWS
    assert said["output"]["value"] == pytest.approx((r**2).mean(), rel=1e-13)
    assert said["inputs"][0]["gradient"] == pytest.approx(2 * X.T @ r / ROWS, rel=1e-12)


@pytest.fixture
def without_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)


def test_csv_and_npy_are_read_without_pyarrow(without_arrow: None, tmp_path: Path) -> None:
    for name in ("t.csv", "t.npy"):
        FORMATS[name](tmp_path / name)
        assert read(str(tmp_path / name))["income"].tobytes() == COLUMNS["income"].tobytes()
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(GradcliError, match="need pyarrow") as caught:
        read(str(tmp_path / "t.parquet"))
    assert caught.value.diagnostics[0].help == 'install it:  pip install "gradcli[data]"'


CELL = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["0", " 1.5 ", "-.5", "2.", "1e3", "true", "False", '"7"', '" 8"', "1_0", "x"]),
    st.sampled_from(["", "nan", "inf", "0x10", "1,5", "NA", '"a\nb"']),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_both_readers_of_csv_agree(rows: list[tuple[str, str]]) -> None:
    """What the quick one takes, the careful one reads as the same doubles."""
    arrow()
    text = "".join(f"{a},{b}\n" for a, b in rows).encode()
    piece = csv_files.CsvText("t.csv", ",", ("a", "b"), 1, text)
    quick = piece._quickly([1, 0])
    if quick is None:
        return
    careful = piece._carefully([1, 0])
    assert [x.tobytes() for x in quick] == [x.tobytes() for x in careful]


@pytest.mark.parametrize("arrow_there", [True, False])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n,3\n", "t.csv, line 3: column a has no value"),
        ("a,b\n1,2\n4,x\n", "t.csv, line 3: column b holds text, not a number"),
        ("a,b\n1,2\n4,2026-01-01\n", "t.csv, line 3: column b holds text"),
        ("a,b\n1,2\n4,N/A\n", "t.csv, line 3: column b has no value"),
        ('a,b\n1,2\n"1,234.5",2\n', "t.csv, line 3: column a holds a number in another notation"),
        ("a;b\n1;2,5\n", "t.csv, line 2: column b holds a number in another notation"),
        ("a,b\n1, 7 %\n", "t.csv, line 2: column b holds a number in another notation"),
        ("a,b\n1,2\nnan,3\n", "t.csv, line 3: column a holds nothing (NaN)"),
        ("a,b\n1,-inf\n", "t.csv, line 2: column b holds an infinite number"),
        ("a,b\n1,2\n3\n", "t.csv, line 3: it has 1 values for 2 columns"),
        ('a,b\n"1\n",2\n3,"4\n', "t.csv, line 4: quotes that do not fit"),
        ('"a\n1",b\n\n1,2\n\nz,2\n', "t.csv, line 6: column a"),
        ("a,a\n1,2\n", "t.csv: two columns are called a"),
        ("a b,a-b\n1,2\n", "t.csv: columns a b and a-b would both be a_b"),
        ("", "t.csv: it is empty"),
        ("a,b\n" + "1,2\n" * 500 + "1,?\n", "t.csv, line 502: column b"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_csv(
    text: str, said: str, arrow_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not arrow_there:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradcliError) as caught:
        read("t.csv")
    (found,) = caught.value.diagnostics
    assert (found.code, found.message[: len(said)]) == ("G602", said)
    assert "?" not in found.message  # what stands there is not quoted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1,2\n3,4\n", ["c0", "c1"]),
        ("a;b\n1;2\n", ["a", "b"]),
        ("a\tb\n1\t2\n", ["a", "b"]),
        ("\ufeffa,b\r\n1,2\r\n", ["a", "b"]),
        ('"a, or b",c\n1,2\n', ["a_or_b", "c"]),
        ("2020,x\n1,2\n", ["_2020", "x"]),
        ("a,b\n1,2", ["a", "b"]),
    ],
)
def test_names_of_columns(text: str, names: list[str], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8", newline="")
    found = read(str(path))
    assert [*found] == names
    assert [array[0] for array in found.values()] == [1, 2]


def test_a_line_end_within_quotes_ends_no_piece(tmp_path: Path) -> None:
    """Wherever a file is cut: text that is not used may hold anything."""
    notes = ["line\n" * (k % 7) + 'a ""quoted"" word' for k in range(200)]
    rows = "".join(f'{k},"{note}"\n' for k, note in enumerate(notes))
    (tmp_path / "t.csv").write_text(f"a,note\n{rows}", encoding="utf-8")
    pieces = [*rows_of([str(tmp_path / "t.csv")]).pieces()]
    assert len(pieces) > 5
    found = [block.columns["a"] for piece in pieces for block in piece.blocks(["a"])]
    assert np.concatenate(found).tolist() == [*range(200)]


def test_rows_are_drawn_from_all_pieces_with_their_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.arange(200.0))
    found = rows_of([str(tmp_path / "t.npy")])
    asked = RowQuestion("mean(c0*a)", "<e>", (), (), (("c0", ()),), (("a", ()),))
    values = {"a": np.ones(1)}
    drawn = []
    for seed in range(12):
        with engine.threads(2) as (executor, workers):
            total = totals(asked, found, values, executor, workers, 8, seed, lambda *_: None)
        assert total.drawn is not None
        assert total.drawn.numbers.tolist() == total.drawn.columns["c0"].tolist()
        assert len({*total.drawn.numbers}) == 8
        drawn += [*total.drawn.numbers]
    # Of 96 draws about 24 fall into each quarter: as far off as this one time in ten thousand.
    quarters = np.bincount(np.array(drawn) // 50, minlength=4)
    assert quarters.min() >= 8
    assert quarters.max() <= 42


def test_names_as_a_program_writes_them() -> None:
    spellings = {"Annual Income (k$)": "Annual_Income_k", "θ": "θ", "1st": "_1st", " x ": "x"}
    assert {title: spelled(title) for title in spellings} == spellings
    assert spelled("$") == "_"


# -- other formats


def kinds() -> Iterator[tuple[str, Any, str]]:
    yield "text", ["a"] * 3, "holds text, not numbers"
    yield "dates", [datetime(2026, 1, 1, tzinfo=UTC)] * 3, "holds dates or times, not numbers"
    yield "lists", [[1, 2]] * 3, "holds list, not numbers"
    yield "null", [1.0, None, 2.0], "row 2: column x has no value"
    yield "NaN", [1.0, 2.0, float("nan")], "row 3: column x holds nothing (NaN)"
    yield "infinite", [float("-inf"), 1.0, 2.0], "row 1: column x holds an infinite number"
    yield "whole", [1, 2, 2**53 + 1], "row 3: column x holds a whole number that no double holds"


@pytest.mark.parametrize(("values", "said"), [k[1:] for k in kinds()], ids=[k[0] for k in kinds()])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_what_is_wrong_in_a_column(form: str, values: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{form}"
    by_arrow(path, {"x": values, "z": [1, 2, 3]})
    done = here("diff", "mean(x*b)", "--rows", path.name, "--at", "b=1", cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    other = here("diff", "mean(z*b)", "--rows", path.name, "--at", "b=1", cwd=tmp_path)
    assert other.code == 0, "a column that is not used may hold what it likes"


def test_categories_are_refused_and_vectors_are_read(tmp_path: Path) -> None:
    pa = arrow()
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.arange(6.0)), 2)
    categories = pa.array(["a", "b", "a"]).dictionary_encode()
    by_arrow(tmp_path / "t.parquet", {"x": categories, "v": vectors})
    done = here("diff", "mean(x*b)", "--rows", "t.parquet", "--at", "b=1", cwd=tmp_path)
    assert "column x holds categories, not numbers" in done.err
    done = here(
        "diff", "mean(v @ b)", "--rows", "t.parquet", "--at", "b=[1, 2]", "--format", "json",
        cwd=tmp_path,
    )  # fmt: skip
    assert json.loads(done.out)["inputs"][0]["gradient"] == [2, 3]


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array(["a", "b"]), "column c0 holds text"),
        (np.array([1j, 2]), "column c0 holds complex numbers"),
        (np.array([1.0, np.nan]), "row 2: column c0 holds nothing (NaN)"),
        (np.float64(1), "an array of 0 axes is no table"),
        (np.ones((2, 2, 2)), "an array of 3 axes is no table"),
        (np.array([None]), "it holds pickled objects"),
        (np.ones(0), "there are no rows"),
    ],
)
def test_what_is_wrong_in_an_array(array: Any, said: str, tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", array)
    done = here("diff", "mean(c0*b)", "--rows", "t.npy", "--at", "b=1", cwd=tmp_path)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.npy", b"no array", "damaged, or no .npy file"),
        ("t.parquet", b"PAR1 no table", "it is damaged"),
        ("t.arrow", b"ARROW1 no table", "it is damaged"),
        ("t.parquet", b"else", "neither Parquet nor"),
        ("t.csv", b"a,b\n1,\xff\n", "not UTF-8"),
        ("t.xls", b"", "no kind of file that is read"),
    ],
)
def test_damaged_files(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    if name.endswith(("parquet", "arrow")):
        arrow()
    (tmp_path / name).write_bytes(content)
    done = here("diff", "mean(a*w)*sum(b)", "--rows", name, "--at", "w=1", cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
def test_a_byte_that_is_another(name: str, tmp_path: Path) -> None:
    """It gives other numbers where nothing in the file tells, and an error of ours elsewhere."""
    pa = arrow()
    pytest.importorskip("pyarrow.parquet")
    rows = pa.table({"a": np.arange(20.0), "b": np.ones(20)})
    path = tmp_path / name
    if name == "t.parquet":
        pa.parquet.write_table(rows, path, write_page_checksum=True)
    else:
        with pa.ipc.new_file(path, rows.schema) as file:
            file.write(rows)
    whole = path.read_bytes()
    damaged = 0
    for place in range(0, len(whole), 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            read(str(path))
        except GradcliError as error:
            damaged += "it is damaged" in str(error)
    assert damaged > len(whole) / 5 / 5


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.ones((200, 2)))
    pieces = rows_of([str(tmp_path / "t.npy")]).pieces()
    piece = next(pieces)
    (tmp_path / "t.npy").unlink()
    with pytest.raises(GradcliError, match=r"t\.npy: it cannot be read: No such file"):
        [*table.blocks(piece, ["c0"])]


def test_files_below_each_other(tmp_path: Path) -> None:
    for name, rows in (("b.csv", "x,y\n3,0\n4,0\n"), ("a.csv", "y,x\n0,1\n0,2\n")):
        (tmp_path / name).write_text(rows, encoding="utf-8")
    for texts in ([tmp_path], [f"{tmp_path}/*.csv"], [f"{tmp_path}/a.csv", f"{tmp_path}/b.csv"]):
        assert read(*map(str, texts))["x"].tolist() == [1, 2, 3, 4]
    assert read(f"{tmp_path}/b.csv", f"{tmp_path}/a.csv")["x"].tolist() == [3, 4, 1, 2]
    (tmp_path / "c.csv").write_text("y,z\n1,2\n", encoding="utf-8")
    done = here("diff", "mean(x*b)", "--rows", ".", "--at", "b=1", cwd=tmp_path)
    assert done.code == 2
    assert "c.csv: there is no column x" in done.err
    done = here("diff", "mean(y*b)", "--rows", ".", "--at", "b=1", cwd=tmp_path)
    assert "5 rows of a.csv and 2 more files, read once" in done.out
    done = here("diff", "mean(y*b)", "--rows", "*.txt", "--at", "b=1", cwd=tmp_path)
    assert "there is no table in *.txt" in done.err


def test_each_row_has_its_gradient(tmp_path: Path) -> None:
    by_arrow(tmp_path / "t.parquet")
    asked = ("diff", "mean((age*a[0] + income*a[1] - c)^2)", "--at", "a=[1, 2], c=3")
    where = ("--rows", "t.parquet", "--each", "each.parquet")
    done = here(*asked, *where, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "every row's own term and gradient: each.parquet" in done.out
    found = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "each.parquet")
    assert found.column_names == ["row", "term", "a[0]", "a[1]", "c"]
    columns = {name: found.column(name).to_numpy() for name in found.column_names}
    r = COLUMNS["age"] + 2 * COLUMNS["income"] - 3
    assert columns["row"].tolist() == [*range(ROWS)]
    assert np.allclose(columns["term"], r**2)
    assert np.allclose(columns["a[1]"], 2 * r * COLUMNS["income"])
    assert np.allclose(columns["c"], -2 * r)
    lost = here(*asked, *where[:3], "no/such/each.parquet", cwd=tmp_path)
    assert (lost.code, lost.out) == (2, "")
    assert "no/such/each.parquet cannot be written" in lost.err
    for program, said in (
        ("mean(age*a)*sum(income*a)", "--each needs one sum over rows, and this is made of 2"),
        ("norm(mean([age, income]*a, axis=1))", "--each needs a sum of numbers"),
    ):
        asked = ("diff", program, "--at", "a=1")
        done = here(*asked, *where[:3], "no.parquet", cwd=tmp_path)
        assert done.code == 2
        assert said in done.err
        assert not (tmp_path / "no.parquet").exists()

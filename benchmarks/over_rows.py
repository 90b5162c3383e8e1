"""A logistic loss over the rows of a Parquet file, against the same sums in NumPy.

Must not keep what it writes. Processor time of all threads, start-up included; GRADCLI_ROWS says
how many rows, 24,000,000 for 2 GB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROWS, GROUP, WIDTH = int(os.environ.get("GRADCLI_ROWS", "3_000_000")), 1_000_000, 10
ASKED = [
    "diff", "mean(log(1 + exp(-y*(X @ w))))", "--rows", "rows.parquet", "--wrt", "w", "--quiet",
    "--let", f"X = [x0..x{WIDTH - 1}]; y = 2*label - 1", "--at", f"w={[0.1] * WIDTH}",
]  # fmt: skip
WRITE = f"""
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
rng, writer = np.random.default_rng(0), None
for start in range(0, {ROWS}, {GROUP}):
    count = min({GROUP}, {ROWS} - start)
    columns = {{f"x{{k}}": rng.normal(size=count) for k in range({WIDTH})}}
    table = pa.table(columns | {{"label": rng.integers(0, 2, size=count).astype(float)}})
    writer = writer or pq.ParquetWriter("rows.parquet", table.schema)
    writer.write_table(table, row_group_size=count)
writer.close()
"""
IN_MEMORY = f"""
import numpy as np, pyarrow.parquet as pq, time
table = pq.read_table("rows.parquet")
X = np.stack([table.column(f"x{{k}}").to_numpy() for k in range({WIDTH})]).T
y, w = 2*table.column("label").to_numpy() - 1, np.full({WIDTH}, 0.1)
start = time.process_time()
e = np.exp(-y*(X @ w))
value, gradient = np.log(1 + e).mean(), X.T @ (-y*e/(1 + e))/len(y)
print(time.process_time() - start)
"""


def rows() -> list[tuple[str, str, str]]:
    """Ours, NumPy with what it reads, and NumPy alone; nothing where pyarrow is missing."""
    if find_spec("pyarrow") is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        _run(folder, "-c", WRITE)
        size = (Path(folder) / "rows.parquet").stat().st_size / 1e9
        ours, memory, _ = _run(folder, "-m", "gradcli", *ASKED)
        whole, much, printed = _run(folder, "-c", IN_MEMORY)
    alone = float(printed)
    what = f"{ROWS:,} rows, {size:.1f} GB of Parquet"
    return [
        (
            f"{what}, against NumPy that reads them",
            f"{ours / whole:.2f} times ({ours:.1f} s)",
            "1.5",
        ),
        ("the same against NumPy once they are in memory", f"{ours / alone:.2f} times", "1.5"),
        ("memory, and NumPy's", f"{memory:,.0f} MB, {much:,.0f} MB", "500 MB"),
    ]


def _run(folder: str, *arguments: str) -> tuple[float, float, str]:
    """Processor time and memory of a process of Python, and what it printed."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **threads},
    )  # fmt: skip
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, arguments
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed

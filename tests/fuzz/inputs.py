"""What can be asked: programs, questions, mutated texts, Markdown, data files, command lines.

Must not know what becomes of it; the same number makes the same input.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import click
import numpy as np

from gradcli.choices import REPORTS
from gradcli.cli import COMMANDS, group
from tests.fuzz.grammar import Writer

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
ODD = (
    "(", ")", "[", "]", "{", "}", "=", "≈", "±", "!=", ".^", "@", "^", "∂", "′", "′′", "\n", ";",
    "d/dx", "d2f/dx2", "grad(", "sum(i in 0..n, ", "for i in 1..2 {", "at ", "in", "R^n", "1e400",
    "0", "-", "1/0", "…", "\t", "é", "\u202e", "𝐱", "x_1", "T", "derivation", "where(", "if", ",",
)  # fmt: skip
"""What is put where it need not belong."""
FENCES = (
    "```grad",
    "```grad new",
    "```grad fails",
    "~~~grad",
    "<!-- grad",
    "-->",
    "```",
    "> ",
    "- ",
)
VALUES = (
    "0",
    "-1",
    "2",
    "1e400",
    "x",
    "x,y",
    "x=1",
    "x=[1,2]",
    "@w.csv",
    "x=@w.csv",
    "",
    "é",
    "R^n",
    "b.txt",
)


@dataclass(frozen=True)
class Input:
    """The arguments of a command, and the files that lie beside it, by name."""

    kind: str
    arguments: list[str]
    files: dict[str, bytes] = field(default_factory=dict)


def made(seed: int) -> Input:
    """The input of a seed; the kinds take turns."""
    kind, make = [*KINDS.items()][seed % len(KINDS)]
    arguments, files = make(Random(f"{kind} {seed}"), seed)
    return Input(kind, arguments, files)


Made = tuple[list[str], dict[str, bytes]]


def _program(random: Random, seed: int) -> Made:
    return [*_check(random), "-e", Writer(seed).program()], {}


def _question(random: Random, seed: int) -> Made:
    return Writer(seed).question(), {}


def _mutated(random: Random, seed: int) -> Made:
    text = Writer(seed).program() if random.random() < 0.4 else random.choice(_texts())
    return [*_check(random), "a.grad"], {"a.grad": mutated(text, random).encode("utf-8", "replace")}


def _markdown(random: Random, seed: int) -> Made:
    fence = random.choice(FENCES[:3])
    lines = ["# A heading", fence, *Writer(seed).program().splitlines(), "```", "words"]
    for _ in range(random.choice((0, 0, 1, 4))):
        lines.insert(random.randrange(len(lines)), random.choice(FENCES))
    text = "\n".join(lines)
    text = mutated(text, random) if random.random() < 0.5 else text
    return [*_check(random), "a.md"], {"a.md": text.encode("utf-8", "replace")}


def _data(random: Random, _: int) -> Made:
    shape = tuple(random.randint(0, 3) for _ in range(random.randint(0, 3)))
    name, written = random.choice([*FORMATS.items()])
    dtype = random.choice(["f8", "f4", "i2", "u1", "?", "f2"])
    data = written(np.arange(int(np.prod(shape))).reshape(shape).astype(dtype))
    for _ in range(random.choice((0, 1, 1, 2, 8))):
        place = random.randrange(len(data) + 1)
        more = random.choice((b"", bytes([random.randrange(256)]), b'"', b",", b"[", b"nan", b"\n"))
        data = data[:place] + more + data[place + random.randint(0, 3) :]
    file = {name.partition(":")[0]: data}
    if random.random() < 0.5:
        return ["diff", "sum(w)", "--at", f"w=@{name}"], file
    text = f"w in R^n\nat w = @{name}\nsum(w) ≈ 1\nsum(@{name}) = 0"
    return [*_check(random), "a.grad"], {**file, "a.grad": text.encode()}


CONVERSING = ("lsp", "repl")
"""What answers for as long as it is asked has tests of its own."""


def _command(random: Random, seed: int) -> Made:
    name = random.choice([name for name in COMMANDS if name not in CONVERSING])
    command = group.get_command(click.Context(group), name)
    assert command is not None
    arguments = [
        name,
        random.choice([Writer(seed).expression((), 2), "x^2", "-", "@a.grad", "G101"]),
    ]
    options = [p for p in command.params if isinstance(p, click.Option)]
    for _ in range(random.randint(0, 3) if options else 0):
        option = random.choice(options)
        arguments.append(random.choice(option.opts))
        if not option.is_flag and random.random() < 0.95:
            right = isinstance(option.type, click.Choice) and random.random() < 0.8
            choices = option.type.choices if isinstance(option.type, click.Choice) else ()
            arguments.append(random.choice(choices if right else VALUES))
    return arguments, {"a.grad": b"x in R\nf = x^2\ndf/dx = 2*x\n", "w.csv": b"1,2\n"}


KINDS: dict[str, Callable[[Random, int], Made]] = {
    "program": _program,
    "question": _question,
    "mutated": _mutated,
    "markdown": _markdown,
    "data": _data,
    "command": _command,
}


def _check(random: Random) -> list[str]:
    points = random.choice(["1", "4", "12"])
    return ["check", "--points", points, "--format", random.choice(REPORTS)]


@cache
def _texts() -> list[str]:
    """Derivations as people write them, a dozen lines at a time."""
    found = []
    for path in sorted((ROOT / "samples").rglob("*.grad")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += ["\n".join(lines[k : k + 12]) for k in range(0, len(lines), 12)]
    return found


def mutated(text: str, random: Random) -> str:
    """A text with some of its tokens lost, doubled, exchanged, or in odd company."""
    tokens = TOKEN.findall(text) or [""]
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        here, there = (random.randrange(len(tokens)) for _ in range(2))
        match random.randrange(7):
            case 0:
                del tokens[here : here + random.randint(1, 3)]
            case 1:
                tokens[here:here] = tokens[there : there + random.randint(1, 12)]
            case 2:
                tokens[here], tokens[there] = tokens[there], tokens[here]
            case 3:
                tokens[here] = random.choice(ODD)
            case 4:
                tokens.insert(here, random.choice(ODD))
            case 5:
                del tokens[here:]
            case _:
                deep = random.choice((1, 5, 60))
                tokens[here] = "(" * deep + tokens[here] + ")" * deep
        tokens = tokens or [""]
    return "".join(tokens)


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _npz(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, a=array)
    return stream.getvalue()


def _csv(array: np.ndarray) -> bytes:
    rows = array.reshape(array.shape[0] if array.ndim else 1, -1) if array.size else array[:0]
    return "".join(",".join(map(str, row.tolist())) + "\n" for row in rows).encode()


FORMATS: dict[str, Callable[[np.ndarray], bytes]] = {
    "w.npy": _npy,
    "w.npz:a": _npz,
    "w.csv": _csv,
    "w.json": lambda array: json.dumps(array.tolist()).encode(),
}

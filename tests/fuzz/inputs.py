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
from tests.fuzz.grammar import VALUES as KNOWN
from tests.fuzz.grammar import Writer
from tests.fuzz.papers import notebook, paper

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
TEX = re.compile(r"\\[A-Za-z]+|\w+|\s+|[^\w\s]")
LIMITED = 0.7
"""How many checks have a smaller limit than people have."""
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
    """The arguments of a command, the files that lie beside it by name, and what is typed.

    Of `lsp` the files are the versions of a document, whose name is the other argument.
    """

    kind: str
    arguments: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    typed: bytes = b"x^2"


def made(seed: int) -> Input:
    """The input of a seed; the kinds take turns."""
    kind, make = [*KINDS.items()][seed % len(KINDS)]
    return Input(kind, *make(Random(f"{kind} {seed}"), seed))


Made = tuple[list[str], dict[str, bytes]] | tuple[list[str], dict[str, bytes], bytes]


def _program(random: Random, seed: int) -> Made:
    return [*_check(random), "-e", Writer(seed).program()], {}


def _question(random: Random, seed: int) -> Made:
    return Writer(seed).question(), {}


def _drawing(random: Random, seed: int) -> Made:
    return Writer(seed).drawing(), {}


def _text(random: Random, seed: int) -> str:
    text = Writer(seed).program() if random.random() < 0.4 else random.choice(texts())
    return mutated(text, random)


def _mutated(random: Random, seed: int) -> Made:
    return [*_check(random), "a.grad"], {"a.grad": _encoded(_text(random, seed))}


def _edited(random: Random, seed: int) -> Made:
    """Files that are written: mends, what is missing, numbers anew, or the sheet as LaTeX."""
    text = Writer(seed).program() if random.random() < 0.5 else _text(random, seed)
    if random.random() < 0.5:
        text = re.sub(r"(=|≈) [^=≈\n]+$", r"\1 ?", text, count=2, flags=re.MULTILINE)
    if random.random() < 0.2:
        return ["convert", "a.grad", *random.choice([[], ["--standalone"]])], {
            "a.grad": _encoded(text)
        }
    name = random.choice(["a.grad", "a.grad", "a.md"])
    options = random.choice([["--fix"], ["--fill"], ["--update"], ["--fix", "--fill", "--update"]])
    return ["check", name, *options, "--yes", "--points", "2"], {name: _sheet(name, text)}


def _paper(random: Random, seed: int) -> Made:
    text = paper(random)
    text = mutated(text, random, TEX) if random.random() < 0.4 else text
    name = random.choice(["a.tex", "a.tex", "a.md", "a.ipynb"])
    if name == "a.md":
        fence = f"\n```grad\n{Writer(seed).program()}\n```\n"
        text = "# A\n" + text + random.choice(["", fence])
    if name == "a.ipynb":
        text = notebook(random, Writer(seed).program())
        text = mutated(text, random) if random.random() < 0.2 else text
    files = {name: _encoded(text), "b.tex": _encoded(paper(random))}
    asked = random.choice([["--list-rows"], ["--latex"], [], [], ["--fix", "--yes"], ["to"]])
    if asked == ["to"]:
        return ["convert", name], files
    if asked == ["--list-rows"]:
        return ["check", name, *asked], files
    return [*_check(random), name, *asked], files


def _document(random: Random, seed: int) -> Made:
    """Versions of a document in an editor."""
    text = random.choice([Writer(seed).program(), random.choice(texts()), _text(random, seed)])
    text = re.sub(r"= [^=\n]+$", "= ?", text, count=1, flags=re.MULTILINE)
    name = random.choice(["a.grad", "a.grad", "a.md"])
    files = {}
    for number in range(random.choice((1, 2, 3))):
        files[f"{number}.txt"] = _sheet(name, text)
        text = mutated(text, random)
    return ["lsp", name], files


WORDS = ("grad", "trace", "diff", "derive", "graph", "forget", "names", "help", "hessian", "series")


def _talk(random: Random, seed: int) -> Made:
    """Lines of a conversation."""
    writer = Writer(seed)
    lines = [f"{name} = {random.choice(KNOWN[name])}" for name in writer.known]
    lines += writer.definitions()
    for _ in range(random.randint(1, 4)):
        word = random.choice(["", "", random.choice(WORDS)])
        lines.append(f"{word} {random.choice(['f', 'ans', writer.expression((), 1)])}")
    text = "\n".join(lines)
    text = mutated(text, random) if random.random() < 0.4 else text
    return ["repl"], {}, _encoded(text)


def _markdown(random: Random, seed: int) -> Made:
    fence = random.choice(FENCES[:3])
    lines = ["# A heading", fence, *Writer(seed).program().splitlines(), "```", "words"]
    for _ in range(random.choice((0, 0, 1, 4))):
        lines.insert(random.randrange(len(lines)), random.choice(FENCES))
    text = "\n".join(lines)
    text = mutated(text, random) if random.random() < 0.5 else text
    return [*_check(random), "a.md"], {"a.md": _encoded(text)}


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
"""What answers for as long as it is asked: kinds of their own."""


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
        if option.name == "watch":
            continue
        arguments.append(random.choice(option.opts))
        if not option.is_flag and random.random() < 0.95:
            right = isinstance(option.type, click.Choice) and random.random() < 0.8
            choices = option.type.choices if isinstance(option.type, click.Choice) else ()
            arguments.append(random.choice(choices if right else VALUES))
    return arguments, {"a.grad": b"x in R\nf = x^2\ndf/dx = 2*x\n", "w.csv": b"1,2\n"}


KINDS: dict[str, Callable[[Random, int], Made]] = {
    "program": _program,
    "question": _question,
    "drawing": _drawing,
    "mutated": _mutated,
    "edited": _edited,
    "markdown": _markdown,
    "paper": _paper,
    "document": _document,
    "talk": _talk,
    "data": _data,
    "command": _command,
}


def _check(random: Random) -> list[str]:
    points = random.choice(["1", "1", "1", "4", "12"])
    found = ["check", "--points", points, "--format", random.choice(REPORTS)]
    # Most with a limit of a twentieth: what is refused for its size is refused soon.
    return [*found, "--limit", "200000"] if random.random() < LIMITED else found


def _sheet(name: str, text: str) -> bytes:
    """What a file of this name has: a sheet, or, in Markdown, a fence of it."""
    return _encoded(text if name == "a.grad" else f"# A\n```grad\n{text}\n```\n")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@cache
def texts() -> list[str]:
    """Derivations as people write them, a dozen lines at a time."""
    found = []
    for path in sorted((ROOT / "samples").rglob("*.grad")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += ["\n".join(lines[k : k + 12]) for k in range(0, len(lines), 12)]
    return found


def mutated(text: str, random: Random, token: re.Pattern[str] = TOKEN) -> str:
    """A text with some of its tokens lost, doubled, exchanged, or in odd company."""
    tokens = token.findall(text) or [""]
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

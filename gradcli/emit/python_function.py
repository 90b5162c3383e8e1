"""A whole function in Python for one array library, with what it imports and a test of itself.

Must not know how its lines are made, nor how one library differs from another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradcli.emit.parts import INDENT, MOST, FunctionParts, Test, about, results, wrapped
from gradcli.errors import wrong
from gradcli.graph.shape import Letters


def python_function(parts: FunctionParts, text: str, test: Test | None) -> str:
    """The module: imports, helpers, the function, and if wanted a test of itself."""
    called = parts.lines.run(parts.made, parts.output)
    names = [parts.lines.names[node] for node in parts.given]
    quoted = about(parts, text).replace("\\", "\\\\").replace('"', "'")
    body = [f'"""{quoted}"""', *_converted(parts, names)]
    code = re.sub("  #.*", "", "\n".join(parts.lines.code))
    used = [x for x in parts.letters if re.search(rf"\b{x}\b", code)]
    body += [f"{x} = {_read_off(parts, x)}" for x in used]
    body += parts.lines.code
    body.append(f"return {', '.join([parts.output, *results(parts, called)])}")
    head = wrapped(f"def {parts.name}(", names, "):")
    lines = [*head, *(f"{INDENT}{x}".rstrip() for x in body)]
    helpers = parts.target.needed("\n".join(lines))
    whole = "\n\n\n".join([*helpers, "\n".join(lines)])
    imports = [f"import {x}" for x in ("itertools", "math") if f"{x}." in whole]
    header = "\n\n".join(filter(None, ["\n".join(imports), parts.target.words["header"].strip()]))
    found = f"{header}\n\n\n{whole}\n"
    return found if test is None else f"{found}\n\n{_test(parts, names, test)}"


def _converted(parts: FunctionParts, names: Sequence[str]) -> list[str]:
    """The arguments as arrays of doubles, whatever they came as."""
    if not names:
        return []
    convert = parts.target.words["convert"]
    if len(names) == 1:
        return [f"{names[0]} = {convert.replace('#1', names[0])}"]
    start, each = f"{', '.join(names)} = (", convert.replace("#1", "v")
    if len(start) > MOST // 2:
        return [f"{name} = {convert.replace('#1', name)}" for name in names]
    return [f"{start}{each} for v in ({', '.join(names)}))"]


def _read_off(parts: FunctionParts, letter: str) -> str:
    """How a dimension letter is read off the shape of an input."""
    for node in parts.given:
        for k, dim in enumerate(node.shape):
            terms = dict(dim.terms) if isinstance(dim, Letters) else {}
            if terms.pop((letter,), 0) == 1 and set(terms) <= {()}:
                offset = terms.get((), 0)
                shift = f" - {offset}" if offset > 0 else f" + {-offset}" if offset else ""
                return f"{parts.lines.names[node]}.shape[{k}]{shift}"
    message = f"the size {letter} cannot be read off the shape of an input"
    raise wrong("G012", message, help="give it as a number, or declare an input of that size")


def _test(parts: FunctionParts, names: Sequence[str], test: Test) -> str:
    values = [f"{name}={test.given[node]!r}" for name, node in zip(names, parts.given, strict=True)]
    # A value alone comes back as it is.
    start, end = ("", ")") if test.derivatives else ("(", "),)")
    return "\n".join(
        [
            'if __name__ == "__main__":',
            *(f"{INDENT}{x}" for x in wrapped(f"found = {start}{parts.name}(", values, end)),
            "    # Every digit of these is certified.",
            "    wanted = (",
            *(f"        {x!r}," for x in (test.value, *test.derivatives)),
            "    )",
            "    for one, other in zip(found, wanted, strict=True):",
            f"        assert {parts.target.words['close']}, (one, other)",
            "",
        ]
    )

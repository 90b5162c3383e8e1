"""Markdown to documents: what is kept stays where it was, and headings group it.

Must not know what the language makes of a document.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradcli.errors import Diagnostic, Source
from gradcli.language.documents.markdown import documents, may_have_fences
from gradcli.language.documents.sections import Document


def read(text: str) -> tuple[list[Document], list[Diagnostic]]:
    return documents(Source("notes.md", text))


def found(text: str) -> list[tuple[str, int, list[str]]]:
    """Name, first line and content of every document of a text without mistakes."""
    docs, wrong = read(text)
    assert not wrong
    for doc in docs:
        assert_in_place(doc)
    return [(d.name, d.line, [t.strip() for t in d.text.split("\n") if t.strip()]) for d in docs]


def assert_in_place(doc: Document) -> None:
    original = doc.source.text
    assert len(doc.text) == len(original)
    for kept, was in zip(doc.text, original, strict=True):
        assert kept == was or kept in " \n"


# -- fences


def test_a_fence_stays_at_its_place() -> None:
    text = "Text.\n\n```grad\nx in R\n\n  f = x^2\n```\n\nMore x^3.\n"
    [doc], wrong = read(text)
    assert not wrong
    assert doc.text == f"\n{' ' * 13}\nx in R\n\n  f = x^2\n{' ' * 14}\n"
    assert (doc.name, doc.line, doc.parts) == ("", 3, [])


@pytest.mark.parametrize(
    "opening", ["```grad", "``` grad", "~~~grad", "~~~~  grad", "   ```grad", "`````grad  "]
)
def test_markers(opening: str) -> None:
    closing = opening.strip().rstrip("grad ") or "```"
    assert found(f"{opening}\nf = 1\n{closing}\ng = 2\n") == [("", 1, ["f = 1"])]


@pytest.mark.parametrize(
    "text",
    [
        "```python\ngrad\n```\n",
        "```gradcli\nf = 1\n```\n",
        "```\ngrad\n```\n",
        "```python grad\nf = 1\n```\n",
        "    ```grad\n    f = 1\n    ```\n",
        "````\n```grad\nf = 1\n```\n````\n",
        "Inline ```grad f = 1``` code.\n",
        "<!-- gradient descent -->\n",
        "<!-- a grad student -->\n",
        "Inline <!-- grad f = 1 --> comment.\n",
        "",
    ],
)
def test_what_is_no_fence(text: str) -> None:
    assert read(text) == ([], [])


def test_containers_are_taken_off() -> None:
    text = (
        "1. one\n\n"
        "   ```grad\n   a = 1\n     b = 2\n   ```\n\n"
        "   > quoted\n   >\n   > - ~~~grad\n   >   c = 3\n   >\n   >   d = 4\n   >   ~~~\n"
        ">```grad\n>e = 5\n"
    )
    docs, _ = read(text)
    [doc] = docs
    assert_in_place(doc)
    assert " ".join(doc.text.split()) == "a = 1 b = 2 c = 3 d = 4 e = 5"
    assert doc.text.index("c = 3") == text.index("c = 3")


def test_tabs_count_as_one_column() -> None:
    text = "-\t```grad\n\tf = 1\n\t\tg = 2\n\t```\n"
    [doc], _ = read(text)
    assert doc.text.index("f") == text.index("f =")
    assert doc.text.index("g") == text.index("g =")


def test_quotes_inside_one_another() -> None:
    deep = "> " * 30
    assert found(f"{deep}```grad\n{deep}f = 1\n{deep}```\n") == [("", 1, ["f = 1"])]


def test_an_unclosed_fence_ends_with_its_container() -> None:
    assert found("> ```grad\n> f = 1\n\ng = 2\n") == [("", 1, ["f = 1"])]
    assert found("```grad\nf = 1\n\n# no heading") == [("", 1, ["f = 1", "# no heading"])]
    assert found("```grad") == [("", 1, [])]
    assert found("- ```grad\n  f = 1\ng = 2\n") == [("", 1, ["f = 1"])]


def test_windows_line_ends() -> None:
    text = "# A\r\n\r\n> ```grad\r\n> f = x\r\n> g = y\r\n> ```\r\n<!-- grad\r\nh = 1\r\n-->\r\n"
    [doc], wrong = read(text)
    assert not wrong
    assert_in_place(doc)
    kept = [line.strip() for line in doc.text.split("\n") if line.strip()]
    assert kept == ["f = x", "g = y", "h = 1"]


def test_a_lone_carriage_return_ends_no_line() -> None:
    [doc], _ = read("a\rb\n```grad\nf = 1\r\ng\r= 2\n```\n")
    assert doc.line == 2
    assert doc.text.split("\n")[2:4] == ["f = 1\r", "g\r= 2"]


# -- comments


def test_a_hidden_comment() -> None:
    text = "<!-- grad\nx in R\n\ny in R\n-->\n\n```grad\nf = x\n```\n"
    assert found(text) == [("", 1, ["x in R", "y in R", "f = x"])]
    assert found("- item\n\n  <!-- grad\n  x in R\n  -->\n") == [("", 3, ["x in R"])]
    assert found("> <!--grad\n> x in R -->\n") == [("", 1, ["x in R"])]
    assert found("<div>\n<!-- grad\nx in R\n--> <!-- grad\ny in R\n-->\n</div>\n") == [
        ("", 2, ["x in R", "y in R"])
    ]


def test_a_comment_of_one_line() -> None:
    assert found("<!-- grad x in R -->\n") == [("", 1, ["x in R"])]
    assert found("# A\n<!-- grad new x in R; y in R-->\n") == [("A", 2, ["x in R; y in R"])]
    assert found("<!-- grad -->\n") == [("", 1, [])]
    assert found("<!-- grad ignore x in R -->\n") == []
    [doc], _ = read("<!-- grad fails f = 1 -->\n")
    [part] = doc.parts
    assert doc.text[part.start : part.end].strip() == "f = 1"


def test_an_unclosed_comment_is_an_error() -> None:
    docs, [wrong] = read("text\n\n<!-- grad\nx in R\n")
    assert docs == []
    assert wrong.span
    assert (wrong.code, wrong.span.text) == ("G001", "<!-- grad")
    assert wrong.span.source.position(wrong.span.start) == (3, 1)


# -- groups


def test_headings_group() -> None:
    text = (
        "```grad\na = 1\n```\n\n"
        "# One `f'` and *two* [three](/u) &lt; \\* <br> ![pic](/p) #\n"
        "```grad\nb = 1\n```\n```grad\nc = 1\n```\n"
        "Set\next\n---\n```grad\nd = 1\n```\n"
        "> ## Quoted\n\n```grad\ne = 1\n```\n"
        "###### Empty of fences\n# Empty of fences\n"
    )
    assert found(text) == [
        ("", 1, ["a = 1"]),
        ("One f' and two three < *  pic", 6, ["b = 1", "c = 1"]),
        ("Set ext", 15, ["d = 1"]),
        ("Quoted", 20, ["e = 1"]),
    ]


def test_new_and_derivation_begin_again() -> None:
    text = (
        "# A\n```grad\na = 1\n```\n```grad new\nb = 1\n```\n```grad\nc = 1\n```\n"
        '```grad\nz = 1\n  derivation "t"\nd = 1\n```\n```grad\ne = 1\n```\n'
        "```grad\nderivations = 1\n# derivation\n```\n"
    )
    assert [lines for _, _, lines in found(text)] == [
        ["a = 1"],
        ["b = 1", "c = 1"],
        ["z = 1", 'derivation "t"', "d = 1", "e = 1", "derivations = 1", "# derivation"],
    ]


def test_fails_and_ignore() -> None:
    text = (
        "# A\n```grad\na = 1\n```\n- ~~~grad new fails\n  b = 1\n  ~~~\n"
        "```grad ignore\nderivation\n```\n```grad\nc = 1\n```\n```grad fails\n```\n"
    )
    first, second = read(text)[0]
    assert first.parts == []
    part, empty = second.parts
    assert part.fails
    assert text[part.start :].startswith("~~~grad new fails")
    assert text[: part.end].endswith("b = 1")
    assert "c = 1" in second.text
    assert "derivation" not in second.text
    assert text[empty.start : empty.end] == "```grad fails"


@pytest.mark.parametrize(
    ("text", "word", "help"),
    [
        ("```grad fail\nf = 1\n```\n", "fail", 'did you mean "fails"?'),
        ("```grad new Ignore\nf = 1\n```\n", "Ignore", 'did you mean "ignore"?'),
        ('> ~~~grad title="x"\n> f = 1\n', 'title="x"', "there are new, fails, ignore"),
        ("<!-- grad x in R\ny in R -->\n", "x", "there are new, fails, ignore"),
    ],
)
def test_an_unknown_word_is_an_error(text: str, word: str, help: str) -> None:
    docs, [wrong] = read(text)
    assert docs == []
    assert wrong.span
    assert (wrong.code, wrong.span.text, wrong.help) == ("G001", word, help)


def test_a_mistake_hides_no_other_fence() -> None:
    docs, wrong = read("```grad nwe\na = 1\n```\n```grad\nb = 1\n```\n```grad oops\n```\n")
    assert [doc.text.split() for doc in docs] == [["b", "=", "1"]]
    assert len(wrong) == 2


def test_a_preamble_in_yaml_is_no_heading() -> None:
    fence = "```grad\na = 1\n```\n"
    assert found(f"---\ntitle: x\nlayout: post\n---\n{fence}")[0][0] == ""
    assert found(f"---\ntitle: x\n\nlayout: post\n---\n{fence}")[0][0] == ""
    assert found(f"---\ntitle: x\n---\nHeading\n---\n{fence}")[0][0] == "Heading"
    assert found(f"Heading\n---\n{fence}")[0][0] == "Heading"


# -- in general

LINES = st.sampled_from(
    re.split(
        r"\|",
        "|text|# H|## grad|---|===|f = x|  g = [|])|\tx in R|θ = 1̂|\r|    |<div>|</div>"
        "|```grad|```|~~~grad fails|~~~|```grad new|```grad ignore|```grad oops"
        '|<!-- grad|-->|<!-- grad x -->|<!-- x|derivation "d"',
    )
)
PREFIXES = st.sampled_from(["", "> ", ">", "- ", "  ", "1. ", "   ", "\t", "> - ", "> > ", "    "])
TEXTS = st.builds(
    lambda lines, end, last: end.join(map("".join, lines)) + last,
    st.lists(st.tuples(PREFIXES, LINES)),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\r\n"]),
)


@given(TEXTS)
@example("> - ```grad\n>   ```\n> ~~~grad\n-->")
def test_what_is_kept_is_kept_in_place(text: str) -> None:
    docs, wrong = read(text)
    for doc in docs:
        assert_in_place(doc)
        assert 1 <= doc.line <= text.count("\n") + 1
        for part in doc.parts:
            assert 0 <= part.start < part.end <= len(text)
    for complaint in wrong:
        assert complaint.span
        assert complaint.span.text
    # No character is read twice.
    for chars in zip(*(doc.text for doc in docs), strict=True):
        assert sum(not c.isspace() for c in chars) <= 1


CONTENT = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="`~"))
    .map(str.rstrip)
    .filter(lambda t: not t.lstrip().startswith(("derivation", ">"))),
    max_size=6,
)
CONTAINERS = st.lists(st.sampled_from([("> ", "> "), ("- ", "  "), ("1. ", "   ")]), max_size=4)


@given(CONTENT, CONTAINERS, st.sampled_from(["```", "~~~~"]), st.sampled_from(["\n", "\r\n"]))
def test_all_that_stands_in_a_fence_is_kept(
    content: list[str], containers: list[tuple[str, str]], marker: str, end: str
) -> None:
    first = "".join(opening for opening, _ in containers)
    others = "".join(following for _, following in containers)
    lines = [first + marker + "grad", *(others + line for line in content), others + marker]
    [doc], wrong = read(end.join(lines))
    assert not wrong
    assert_in_place(doc)
    kept = [line.strip(" \t\r") for line in doc.text.split("\n")]
    wanted = [line.strip(" \t") for line in content]
    assert [k for k in kept if k] == [w for w in wanted if w]


def test_it_is_quickly_told_that_there_is_nothing() -> None:
    assert not may_have_fences("graduate " * 1000)
    assert not may_have_fences("```\ngrad\n```")
    assert may_have_fences("- ````grad new")
    assert may_have_fences("<!--grad-->")
    program = (
        "import sys; from gradcli.errors import Source\n"
        "from gradcli.language.documents.markdown import documents\n"
        "documents(Source('a', '# A\\n' * 1000))\n"
        "assert 'markdown_it' not in sys.modules\n"
        "documents(Source('a', '```grad'))\n"
        "assert 'markdown_it' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

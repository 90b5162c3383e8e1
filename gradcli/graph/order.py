"""Orders of a graph: topological order, what depends on what, and a check that a graph is sound.

Must not know any particular op; nothing here recurses, so that a chain of 100,000 nodes is fine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence

from gradcli import work
from gradcli.graph.node import Node


def topological(
    outputs: Iterable[Node],
    follow: Callable[[Node], Sequence[Node]] | None = None,
    given: Container[Node] = (),
) -> list[Node]:
    """Every node that the outputs need, each after its arguments, in order of first use.

    `follow` narrows which arguments of a node are walked (say, the selected branch only), of what
    is `given` none.
    """
    done: dict[Node, None] = {}
    path: list[tuple[Node, Iterator[Node]]] = []
    left = iter(outputs)
    while True:
        for node in left:
            if node not in done:
                args = () if node in given else node.args if follow is None else follow(node)
                if args:
                    path.append((node, left))
                    left = iter(args)
                    break
                done[node] = None
        else:
            if not path:
                break
            node, left = path.pop()
            done[node] = None
    work.current.spend(len(done) // work.VISITED, "walks through graphs")
    return [*done]


def more_than(count: int, outputs: Iterable[Node]) -> bool:
    """Whether the outputs need more nodes than so many; nobody walks further than to tell."""
    seen = {*outputs}
    waiting = [*seen]
    while waiting and len(seen) <= count:
        for arg in waiting.pop().args:
            if arg not in seen:
                seen.add(arg)
                waiting.append(arg)
    return len(seen) > count


def dependents(order: Iterable[Node], sources: Collection[Node]) -> set[Node]:
    """The nodes of a topological order that are a source or depend on one."""
    found = set(sources)
    for node in order:
        if any(arg in found for arg in node.args):
            found.add(node)
    return found


def verify(outputs: Iterable[Node]) -> None:
    """AssertionError unless every node has the shape its op gives it and comes after its arguments.

    Passes are graph → graph; tests call this after each.
    """
    seen: set[Node] = set()
    for node in topological(outputs):
        assert all(arg in seen for arg in node.args), f"{node} comes before an argument"
        assert node.op.shape(node.args, node.params) == node.shape, f"{node} has a wrong shape"
        seen.add(node)

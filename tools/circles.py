"""Circles of imports: between modules, and between what a room holds (its modules and the rooms in it).

``python -m tools.circles`` names them; a test holds that there are none.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src"
Graph = dict[str, set[str]]


def modules(source: Path = SOURCE) -> dict[str, Path]:
    """Dotted name and file of every module but migrations, which Django orders by itself."""
    files = (path for path in sorted(source.rglob("*.py")) if "migrations" not in path.parts)
    return {".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


def imports(known: Mapping[str, Path]) -> Graph:
    """Which module imports which others of ``known``, inside of functions too."""
    return {name: set(_imported(path, known)) - {name} for name, path in known.items()}


def _imported(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield from (each for each in (whole if whole in known else node.module,) if each in known)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)


def inside(graph: Graph, room: str) -> Graph:
    """The same between the parts of one room: a part is a module right in it, or a room in it with all it holds."""
    depth = room.count(".") + 1
    parts: Graph = {}
    for name, others in graph.items():
        if name.startswith(f"{room}."):
            part = name.split(".")[depth]
            there = {other.split(".")[depth] for other in others if other.startswith(f"{room}.")}
            parts.setdefault(part, set()).update(there - {part})
    return parts


def circles(graph: Graph) -> list[list[str]]:
    """Names that reach each other (strongly connected components of more than one, by Tarjan's algorithm)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        path.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in number:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in path:
                lowest[name] = min(lowest[name], number[other])
        if lowest[name] == number[name]:
            start = path.index(name)
            if len(path) - start > 1:
                found.append(sorted(path[start:]))
            del path[start:]

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10 * len(graph)))
    for name in sorted(graph):
        if name not in number:
            visit(name)
    return found


def all_circles(source: Path = SOURCE) -> Iterator[str]:
    """One line for each circle: between modules first, then room by room."""
    graph = imports(modules(source))
    for circle in circles(graph):
        yield f"modules: {', '.join(circle)}"
    for room in sorted({name.rpartition(".")[0] for name in graph} - {""}):
        for circle in circles(inside(graph, room)):
            yield f"in {room}: {', '.join(circle)}"


if __name__ == "__main__":
    lines = list(all_circles())
    print("\n".join(lines))
    sys.exit(bool(lines))

"""From what the columns of a notebook's outputs are made, as far as its text shows.

SQL is traced exactly, and so are frames that are only read, renamed and cut to some columns. Of other frames it is
known which inputs can reach them through variables: a column of the same name is likely the same one, and what has no
such name may come from any of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mesh_workbench.engine.lineage import Traced, lineage_of, of_port, trace
from mesh_workbench.engine.lineage.traced import Parts, TracedColumn, merged, through
from mesh_workbench.engine.statement import parse as parse_statement
from mesh_workbench.errors import MeshError
from mesh_workbench.model.lineage import Confidence, TableLineage, Transformation
from mesh_workbench.model.names import PortName
from mesh_workbench.notebooks.calls import Call, calls_in, names_in, text_of, texts_of
from mesh_workbench.notebooks.inputs import statement_of
from mesh_workbench.notebooks.read import parse
from mesh_workbench.notebooks.sources import Magic, Source, sources

Inputs = Mapping[str, tuple[str, Sequence[str]]]
"""Each input as declared (with its version, if any): what the port is to be called, and its columns."""

_SAME = frozenset("polars pandas arrow lazy duckdb collect copy clone rechunk to_pandas to_polars to_arrow".split())
"""Methods of frames after which columns and rows are the same."""
_FEWER = frozenset(
    "head limit tail sample filter query drop_nulls dropna unique drop_duplicates sort sort_values sort_index".split()
)
"""Those after which some of the rows may be gone, or in another order."""
_CHOOSE = frozenset({"select", "get"})


def lineage_of_outputs(text: str, inputs: Inputs, outputs: Mapping[str, Sequence[str]]) -> dict[str, TableLineage]:
    """For each of `outputs`, whose columns are given, from what the notebook in `text` makes it."""
    return _Notebook(text, inputs).outputs(outputs)


class _Notebook:
    def __init__(self, text: str, inputs: Inputs) -> None:
        self._inputs = inputs
        read = [source for source in sources(parse(text)) if isinstance(source, Source)]
        self._names = names_in(read, changeable=frozenset())
        calls = list(calls_in(read, self._names))
        self._reads = {id(call.node): self._port(call) for call in calls if call.function == "read"}
        self._written = {
            name: call.argument(1, "frame")
            for call in calls
            if call.function == "output" and (name := text_of(call.argument(0, "name"), self._names))
        }
        self._assigned: dict[str, list[ast.expr | Traced]] = {}
        self._flows: dict[str, list[ast.AST]] = {}
        self._changed: set[str] = set()
        self._made: set[str] = set()
        self._statements: dict[int, Traced] = {}
        for source in read:
            self._learn(source)

    def outputs(self, outputs: Mapping[str, Sequence[str]]) -> dict[str, TableLineage]:
        every = [of_port(*one) for one in self._inputs.values()]
        found = {}
        for name, columns in outputs.items():
            frame = self._written.get(name)
            exact = self._frame(frame) if frame is not None else None
            reaching = (exact and [exact]) or (self._reaching(frame) if frame is not None else []) or every
            made = tuple(TracedColumn(column, self._column(column, exact, reaching)) for column in columns)
            influences = merged(one.influences for one in reaching)
            if exact is None:
                influences = through(influences, Transformation.INDIRECT, Confidence.LIKELY)
            found[name] = lineage_of(Traced(made, influences))
        return found

    def _column(self, name: str, exact: Traced | None, reaching: Sequence[Traced]) -> Parts:
        if exact is not None and (parts := exact.named(name)) is not None:
            return parts
        same = [parts for one in reaching if (parts := one.named(name)) is not None]
        sure = Confidence.LIKELY if len(same) == 1 and name not in self._made else Confidence.POSSIBLE
        kind = Transformation.EXPRESSION if name in self._made else Transformation.IDENTITY
        if same:
            return through(merged(same), kind, sure)
        return through(merged(one.whole for one in reaching), Transformation.UNKNOWN, Confidence.POSSIBLE)

    def _port(self, call: Call) -> Traced:
        name = text_of(call.argument(0, "name"), self._names)
        return self._input(name.lower()) if name else self._any()

    def _input(self, name: str) -> Traced:
        """The input that a name means, with or without its port or version."""
        try:
            wanted = PortName.parse(name)
        except MeshError:
            return self._any()
        for declared, (port, columns) in self._inputs.items():
            known = PortName.parse(declared)
            same = known.product_name == wanted.product_name and wanted.version in (None, known.version)
            if same and (wanted.port or port.rpartition(".")[2]) == port.rpartition(".")[2]:
                return of_port(port, columns)
        return self._any()

    def _any(self) -> Traced:
        whole = merged(of_port(*one).whole for one in self._inputs.values())
        return Traced(whole=through(whole, Transformation.UNKNOWN, Confidence.POSSIBLE), open=True)

    # -- What the cells say, in their order --------------------------------------------------------------------------

    def _learn(self, source: Source) -> None:
        for node in source.nodes:
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._assign(target, value)
                case (
                    ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value)
                ):
                    self._assign(target, value)
                case ast.AugAssign(target=target, value=value):
                    self._change(target, value)
                case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                    self._change(target, value)
                case ast.With(items=items):
                    for item in items:
                        if item.optional_vars is not None:
                            self._change(item.optional_vars, item.context_expr)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    self._flows.setdefault(name, []).append(node)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=base)) as call) if id(call) not in self._reads:
                    self._change(base, call)
                case ast.Call(keywords=keywords):
                    if any(word.arg == "inplace" for word in keywords) and isinstance(node.func, ast.Attribute):
                        self._change(node.func.value, node)
                    self._made |= {word.arg for word in keywords if word.arg}
                    if isinstance(node.func, ast.Attribute) and node.func.attr in ("alias", "with_column", "rename"):
                        self._made |= set(_texts(node.args))
        for magic in source.magics:
            self._magic(magic)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._assigned.setdefault(target.id, []).append(value)
            self._flows.setdefault(target.id, []).append(value)
        else:
            self._change(target, value)

    def _change(self, target: ast.expr, value: ast.AST) -> None:
        """Something in what a name stands for becomes otherwise."""
        if isinstance(target, ast.Subscript):
            self._made |= set(_texts([target.slice]))
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                self._changed.add(name.id)
                self._flows.setdefault(name.id, []).append(value)

    def _magic(self, magic: Magic) -> None:
        written = statement_of(magic)
        if written is None or magic.body is None:
            return
        name = next((word for word in magic.line.split() if word.isidentifier()), None)
        traced = self._traced(written)
        if name is not None:
            self._assigned.setdefault(name, []).append(traced)

    def _traced(self, sql: str) -> Traced:
        try:
            statement = parse_statement(sql)
        except MeshError:
            return self._any()
        return trace(
            statement,
            [
                self._input(str(name.reference)) if name.reference else self._variable(name.text)
                for name in statement.names
            ],
        )

    def _variable(self, name: str) -> Traced:
        frame = self._frame(ast.Name(name))
        if frame is not None:
            return frame
        reaching = self._reaching(ast.Name(name))
        whole = merged(one.whole for one in reaching) if reaching else self._any().whole
        return Traced(whole=through(whole, Transformation.UNKNOWN, Confidence.POSSIBLE), open=True)

    # -- What an expression stands for -------------------------------------------------------------------------------

    def _frame(self, node: ast.AST | None, depth: int = 0) -> Traced | None:
        """The frame that an expression is, when nothing was done to its columns that is not known."""
        if depth > 50:
            return None
        match node:
            case ast.Name(id=name) if name not in self._changed and len(self._assigned.get(name, ())) == 1:
                [value] = self._assigned[name]
                return value if isinstance(value, Traced) else self._frame(value, depth + 1)
            case ast.Call() if id(node) in self._reads:
                return self._reads[id(node)]
            case ast.Call(func=ast.Attribute(value=ast.Call(), attr="run_line_magic")):
                return self._line(node)
            case ast.Attribute(value=value, attr="frame"):
                return self._frame(value, depth + 1)
            case ast.Subscript(value=value, slice=ast.List(elts=elements)):
                return _chosen(self._frame(value, depth + 1), _texts(elements), len(elements))
            case ast.Call(func=ast.Attribute(value=value, attr=method), args=arguments, keywords=keywords):
                frame = self._frame(value, depth + 1)
                if frame is None:
                    return None
                if method in _SAME:
                    return frame
                if method in _FEWER:
                    unsure = through(frame.whole, Transformation.INDIRECT, Confidence.LIKELY)
                    return replace(frame, influences=merged([frame.influences, unsure]), port="")
                if method in _CHOOSE and not keywords:
                    names = [text for one in arguments for text in texts_of(one, self._names) or [""]]
                    return _chosen(frame, [name for name in names if name], len(names))
                if method == "rename":
                    return _renamed(frame, [*arguments, *(word.value for word in keywords if word.arg == "columns")])
        return None

    def _line(self, call: ast.Call) -> Traced | None:
        texts = _texts(call.args)
        if len(texts) != 2 or texts[0] != "mesh":
            return None
        written = statement_of(Magic(texts[0], texts[1], None, 1))
        return self._traced(written) if written else None

    def _reaching(self, node: ast.AST) -> list[Traced]:
        """What can reach an expression through variables, wherever they get it."""
        found: dict[int, Traced] = {}
        seen: set[str] = set()
        waiting: list[ast.AST] = [node]
        while waiting:
            for part in ast.walk(waiting.pop()):
                if id(part) in self._reads:
                    found[id(part)] = self._reads[id(part)]
                elif isinstance(part, ast.Call) and (line := self._line(part)) is not None:
                    found[id(part)] = line
                elif isinstance(part, ast.Name) and part.id not in seen:
                    seen.add(part.id)
                    waiting += self._flows.get(part.id, [])
                    found |= {id(one): one for one in self._assigned.get(part.id, ()) if isinstance(one, Traced)}
        return [*found.values()]


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _chosen(frame: Traced | None, names: Sequence[str], wanted: int) -> Traced | None:
    if frame is None or len(names) != wanted:
        return None
    columns = [TracedColumn(name, frame.named(name) or frame.guessed(name)) for name in names]
    return Traced(tuple(columns), frame.influences, frame.whole)


def _renamed(frame: Traced, arguments: Sequence[ast.expr]) -> Traced | None:
    if len(arguments) != 1 or not isinstance(arguments[0], ast.Dict):
        return None
    before, after = _texts(key for key in arguments[0].keys if key), _texts(arguments[0].values)
    if len(before) != len(arguments[0].keys) or len(after) != len(before):
        return None
    names = dict(zip(before, after, strict=True))
    columns = tuple(TracedColumn(names.get(column.name, column.name), column.parts) for column in frame.columns)
    return Traced(columns, frame.influences, frame.whole, frame.open)

"""Members of enums, entries of dictionaries, fields of classes, statements and imports.

libcst says where they go, and the lines go there: what stands around them is not written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tools.provider.edits import NoPlace, Put


def enum_member(enum: str, name: str, value: str) -> Put:
    """`NAME = "value"` in a class, before the first member whose name comes after it."""

    def put(text: str) -> str:
        source = _Source(text)
        members = source.assigned_in(enum)
        if name in members:
            return text
        later = [node for known, node in members.items() if known > name]
        line = source.above(later[0]) if later else source.below(_last(members, enum))
        return source.with_lines(line, f'    {name} = "{value}"')

    return put


def class_field(owner: str, name: str, code: str, *, suffixes: tuple[str, ...]) -> Put:
    """`code` in a class, after its last field that ends in one of the suffixes, else after its last field."""

    def put(text: str) -> str:
        source = _Source(text)
        fields = source.assigned_in(owner)
        if name in fields:
            return text
        alike = [node for known, node in fields.items() if known.endswith(suffixes)]
        return source.with_lines(source.below(alike[-1] if alike else _last(fields, owner)), f"    {code}")

    return put


def dictionary_entry(variable: str, key: str, value: str) -> Put:
    """`key: value` in the dictionary that a module assigns to a variable, in the order of the keys' texts."""

    def put(text: str) -> str:
        source = _Source(text)
        known = source.dictionary(variable)
        entries = {source.code(one.key): one for one in known.elements if isinstance(one, cst.DictElement)}
        if key in entries:
            return text
        later = [one for other, one in entries.items() if other > key]
        line = source.range_of(later[0].key).start.line if later else source.range_of(known).end.line
        return source.with_lines(line, f"    {key}: {value},")

    return put


def statements_after(is_last: Callable[[str], bool], code: str, *, name: str) -> Put:
    """`code`, which assigns `name`, after the last statement of the module whose text `is_last`."""

    def put(text: str) -> str:
        source = _Source(text)
        if name in source.assigned():
            return text
        found = [one for one in source.module.body if is_last(source.code(one).strip())]
        if not found:
            raise NoPlace("The statement after which it goes is not there. Put it back.")
        return source.with_lines(source.below(found[-1]), f"\n{code.rstrip()}")

    return put


def imported(origin: str, name: str) -> Put:
    """`from origin import name` among the module's imports; sorting them is the formatter's work."""

    def put(text: str) -> str:
        source = _Source(text)
        imports = [one for one in source.module.body if source.is_import(one)]
        if any((origin, name) in source.names_of(one) for one in imports):
            return text
        if not imports:
            raise NoPlace("There are no imports. Put `from __future__ import annotations` back.")
        return source.with_lines(source.below(imports[-1]), f"from {origin} import {name}")

    return put


class _Source:
    """A module's text, and where its parts stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            wrapper = MetadataWrapper(cst.parse_module(text))
        except cst.ParserSyntaxError as error:
            raise NoPlace(f"It is no Python, line {error.raw_line}: {error.message}. Mend it.") from error
        self.module = wrapper.module
        self._ranges = wrapper.resolve(PositionProvider)

    def code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    def range_of(self, node: cst.CSTNode) -> CodeRange:
        """Lines from 1."""
        return self._ranges[node]

    def above(self, statement: cst.CSTNode) -> int:
        """The line on which a statement begins, with the remarks that stand right before it."""
        remarks = 0
        for line in reversed(getattr(statement, "leading_lines", ())):
            if line.comment is None:
                break
            remarks += 1
        return self.range_of(statement).start.line - remarks

    def below(self, statement: cst.CSTNode) -> int:
        return self.range_of(statement).end.line + 1

    def with_lines(self, line: int, code: str) -> str:
        """The text with `code` before the line."""
        lines = self.text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        return "".join([*lines[: line - 1], f"{code}\n", *lines[line - 1 :]])

    def assigned(self) -> dict[str, cst.BaseStatement]:
        """The module's statements that give a name a value, by the name."""
        return _assigned(self.module.body)

    def assigned_in(self, owner: str) -> dict[str, cst.BaseStatement]:
        """The same of a class."""
        for one in self.module.body:
            if isinstance(one, cst.ClassDef) and one.name.value == owner:
                return _assigned(one.body.body)
        raise NoPlace(f"There is no class {owner}. Put it back.")

    def dictionary(self, variable: str) -> cst.Dict:
        """The one with a line for each entry that the variable is."""
        statement = self.assigned().get(variable)
        if isinstance(statement, cst.SimpleStatementLine):
            value = getattr(statement.body[0], "value", None)
            if (
                isinstance(value, cst.Dict)
                and self.range_of(value).start.line < self.range_of(value).end.line
            ):
                return value
        raise NoPlace(f"There is no dictionary {variable} with a line for each entry. Put it back.")

    def is_import(self, statement: cst.CSTNode) -> bool:
        return isinstance(statement, cst.SimpleStatementLine) and isinstance(
            statement.body[0], cst.ImportFrom
        )

    def names_of(self, statement: cst.CSTNode) -> set[tuple[str, str]]:
        """(module, name) of each that a `from … import …` brings."""
        first = cst.ensure_type(cst.ensure_type(statement, cst.SimpleStatementLine).body[0], cst.ImportFrom)
        if first.module is None or isinstance(first.names, cst.ImportStar):
            return set()
        return {(self.code(first.module), self.code(one.name)) for one in first.names}


def _assigned(
    statements: Sequence[cst.BaseStatement] | Sequence[cst.BaseSmallStatement],
) -> dict[str, cst.BaseStatement]:
    found: dict[str, cst.BaseStatement] = {}
    for one in statements:
        if not isinstance(one, cst.SimpleStatementLine):
            continue
        first = one.body[0]
        if isinstance(first, cst.Assign) and isinstance(first.targets[0].target, cst.Name):
            found[first.targets[0].target.value] = one
        elif isinstance(first, cst.AnnAssign) and isinstance(first.target, cst.Name):
            found[first.target.value] = one
    return found


def _last(members: dict[str, cst.BaseStatement], owner: str) -> cst.BaseStatement:
    if not members:
        raise NoPlace(f"The class {owner} has no line after which it could go. Put one back.")
    return list(members.values())[-1]

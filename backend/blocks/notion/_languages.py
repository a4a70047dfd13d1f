"""The languages that a block of code may have in Notion, and how people write them after a fence. Pure.

Source: https://developers.notion.com/reference/block#code (2025-09-03).
"""

from __future__ import annotations

PLAIN = "plain text"
_KNOWN = frozenset(
    (
        "abap", "arduino", "bash", "basic", "c", "c#", "c++", "clojure", "coffeescript", "css", "dart", "diff",
        "docker", "elixir", "elm", "erlang", "f#", "flow", "fortran", "gherkin", "glsl", "go", "graphql", "groovy",
        "haskell", "html", "java", "javascript", "json", "julia", "kotlin", "latex", "less", "lisp", "livescript",
        "lua", "makefile", "markdown", "markup", "matlab", "mermaid", "nix", "objective-c", "ocaml", "pascal", "perl",
        "php", PLAIN, "powershell", "prolog", "protobuf", "python", "r", "reason", "ruby", "rust", "sass", "scala",
        "scheme", "scss", "shell", "sql", "swift", "typescript", "vb.net", "verilog", "vhdl", "visual basic",
        "webassembly", "xml", "yaml",
    )
)  # fmt: skip
_ALSO = {
    "cpp": "c++", "cs": "c#", "csharp": "c#", "dockerfile": "docker", "fs": "f#", "fsharp": "f#", "golang": "go",
    "hs": "haskell", "js": "javascript", "jsx": "javascript", "kt": "kotlin", "make": "makefile", "md": "markdown",
    "objc": "objective-c", "pl": "perl", "proto": "protobuf", "ps1": "powershell", "py": "python", "python3": "python",
    "rb": "ruby", "rs": "rust", "sh": "shell", "tex": "latex", "ts": "typescript", "tsx": "typescript",
    "vb": "visual basic", "wasm": "webassembly", "yml": "yaml", "zsh": "shell",
}  # fmt: skip


def language_of(info: str) -> str:
    """Notion's name for what stands after a fence; plain text when it has none."""
    word = (info.split() or [""])[0].lower()
    name = _ALSO.get(word, word)
    return name if name in _KNOWN else PLAIN


def fence_of(language: str) -> str:
    """What stands after a fence for Notion's name."""
    return "" if language == PLAIN else language.replace(" ", "-")

"""Writes every generated file: `python -m tools.gen`."""

from __future__ import annotations

from tools.gen import block_icons_ts, block_pages, openapi, prisma_cli, typescript


def main() -> None:
    prisma_cli.prisma("generate")
    typescript.write()
    openapi.write()
    block_pages.write()
    block_icons_ts.write()


if __name__ == "__main__":
    main()

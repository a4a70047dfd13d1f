"""`blockyard blocks`: the catalogue, one block, and the test of every block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from backend.cli.output import ExitCode, err, out, print_json, say
from backend.util.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backend.cli.trials import Trial
    from backend.data.block import Block, Pin
    from backend.data.model import JsonObject

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="Look at blocks and test them.")

TEST_EPILOG = """Examples:

  blockyard blocks test

  blockyard blocks test CalculatorBlock ConditionBlock

Exit codes: 0 all are as their examples say, 1 some are not."""


@app.command(
    "list", epilog="Examples:\n\n  blockyard blocks list\n\n  blockyard blocks list --category logic"
)
def list_command(
    category: Annotated[str | None, typer.Option(help="Only those of one category")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """Every block there is."""
    known = _known()
    categories = sorted({one for block in known for one in block["categories"]})
    if category is not None and category not in categories:
        raise BadInput(f"There is no category {category!r}. Choose one of: {', '.join(categories)}.")
    found = [block for block in known if category is None or category in block["categories"]]
    if as_json:
        print_json(found)
        return
    from rich.table import Table

    table = Table("block", "id", "what it does", box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for block in found:
        table.add_row(block["name"], block["id"], _first_sentence(block["description"]))
    out().print(table)


def _first_sentence(text: str) -> str:
    return text.split("\n", 1)[0].split(". ", 1)[0].removesuffix(".") + "."


@app.command(
    epilog="Examples:\n\n  blockyard blocks show ConditionBlock\n\n  blockyard blocks show condition --json"
)
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="The class, the title or the id of a block")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """One block: what it does and its pins."""
    block = closest(name, {(one["id"], one["name"], one["title"]): one for one in _known()})
    if as_json:
        print_json(block)
        return
    from rich.text import Text

    console = out()
    heading = Text.assemble(
        (block["title"], "bold"), ("  " + block["name"], "dim"), ("\n" + block["id"], "dim")
    )
    console.print(heading)
    console.print(Text(block["description"]))
    _show_pins("inputs", block["inputs"], "required")
    _show_pins("outputs", block["outputs"], "")
    if block["differences"]:
        console.print("\nNot as on the AutoGPT platform", style="dim")
        for sentence in block["differences"]:
            console.print(Text(f"- {sentence}"))


def _known() -> list[JsonObject]:
    """Every block there is where the command works."""
    from backend.cli.options import current

    if current.server is None:
        from backend.blocks import catalogue

        return [block_json(block) for block in catalogue()]
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    return in_place(lambda place: place.blocks(), Opened.DATABASE)


def closest(name: str, known: Mapping[tuple[str, str, str], T]) -> T:
    """What is known by this id, class name or title, however written.

    Raises:
        NotFound: there is none; the message names those that look like it.
    """
    import difflib

    wanted = _plain(name)
    by_name = {_plain(one): (names[1], found) for names, found in known.items() for one in names}
    if wanted in by_name:
        return by_name[wanted][1]
    close = difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.5)
    like = f" Do you mean {' or '.join(dict.fromkeys(by_name[one][0] for one in close))}?" if close else ""
    raise NotFound(f"There is no block {name!r}.{like} `blockyard blocks list` shows all.")


def find(name: str) -> Block:
    """A block of this machine; see `closest`."""
    from backend.blocks import catalogue

    return closest(name, {(block.id, block.name, block.title): block for block in catalogue()})


def _plain(name: str) -> str:
    return name.lower().replace(" ", "").replace("-", "").removesuffix("block")


def _show_pins(heading: str, pins: list[JsonObject], required: str) -> None:
    from rich.table import Table

    from backend.data.json_types import describe

    table = Table(f"\n{heading}", "", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for pin in pins:
        remarks = (describe(pin["schema"]), "one by one" * pin["each"], required * pin["required"])
        said = ", ".join(remark for remark in remarks if remark)
        table.add_row(f"  {pin['name']}", said, str(pin["schema"].get("description", "")))
    out().print(table)


def block_json(block: Block) -> JsonObject:
    """A block as `--json` shows it."""
    return {
        "id": block.id,
        "name": block.name,
        "title": block.title,
        "description": block.description,
        "kind": block.kind.value,
        "categories": sorted(block.categories),
        "icon": block.icon,
        "differences": list(block.differences),
        "inputs": _pins_json(block.pins({}).inputs.values()),
        "outputs": _pins_json(block.pins({}).outputs.values()),
    }


def _pins_json(pins: Iterable[Pin]) -> list[JsonObject]:
    return [
        {"name": pin.name, "schema": pin.schema, "required": pin.is_required, "each": pin.is_each}
        for pin in pins
        if not pin.is_hidden
    ]


@app.command("test", epilog=TEST_EPILOG)
def try_command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME|ID]…", help="Which; without: all")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """Run the examples of every block twice: the block alone, and through the engine as a graph of one node."""
    from backend.blocks import catalogue
    from backend.cli.options import current

    if current.server is not None:
        cure = "Leave --server out, or unset BLOCKYARD_SERVER."
        raise BadInput(f"`blockyard blocks test` tests the blocks of this machine. {cure}")
    blocks = [find(name) for name in names] if names else list(catalogue())
    trials = _try(blocks)
    if as_json:
        print_json([trial.as_json() for trial in trials])
    else:
        _show_trials(trials)
    raise typer.Exit(ExitCode.FAILED if any(trial.problems for trial in trials) else ExitCode.DONE)


def _try(blocks: list[Block]) -> list[Trial]:
    from backend.cli.session import run_async
    from backend.cli.trials import try_alone, try_in_engine

    with err().status("Running the examples of every block."):
        trials = [try_alone(block) for block in blocks]
        run_async(try_in_engine(trials))
    return trials


def _show_trials(trials: list[Trial]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("", "block", "alone", "engine", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for trial in trials:
        mark = Text("✗", style="red") if trial.problems else Text("✓", style="green")
        text = Text(trial.block.name)
        for problem in trial.problems:
            text.append(f"\n{problem}", style="red")
        table.add_row(mark, text, str(trial.alone), str(trial.in_engine) if trial.in_engine else "–")
    out().print(table)
    failed = sum(bool(trial.problems) for trial in trials)
    runs = sum(trial.alone + trial.in_engine for trial in trials)
    say(f"{len(trials)} blocks, {runs} examples run, {failed or 'no'} block{'s' * (failed != 1)} failed.")

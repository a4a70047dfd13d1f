"""Graphs, their drafts and versions, and what is wrong with them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from backend.data.graph import Graph, Link, Node, Position
from backend.server.wire.common import Cost, ProblemView
from backend.server.wire.webhooks import TriggerView

MAX_RETAIN_DAYS = 36_500
MAX_TAGS = 20
LONGEST_FOLDER = 200
LONGEST_NAME = 500

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
VersionName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class GraphSaved(BaseModel):
    id: str
    version: int
    problems: list[ProblemView] = Field(description="What keeps it from running; empty when it can run")


class DraftState(BaseModel):
    """Whether somebody composes something that no version has yet."""

    revision: int
    is_changed: bool = Field(description="Whether the draft says something else than the newest version")


class LastRun(BaseModel):
    run_id: str
    status: str
    created_at: datetime


class TypicalNode(BaseModel):
    """What a block usually takes."""

    node_id: str
    duration_ms: float = Field(description="Of all its firings in a run, waiting included; the median")
    cost: Cost = Field(description="Of a run; the median")
    runs: int = Field(description="In how many runs it completed", examples=[20])


class TypicalNodes(BaseModel):
    """Those that completed in one of the last runs; some may be gone from the graph since."""

    items: list[TypicalNode]


class GraphFacts(BaseModel):
    """What is known of a graph beside what it consists of."""

    latest_version: int
    published_version: int | None = Field(description="What triggers and other programs start; None: nothing")
    folder: str = Field(description="Names separated by `/`; empty: in no folder", examples=["Work/Money"])
    tags: list[str] = Field(examples=[["finance"]])
    retain_days: int | None = Field(
        description="How long ended runs are kept; 0: for ever, None: as the installation says"
    )
    draft: DraftState
    last_run: LastRun | None
    created_at: datetime
    updated_at: datetime


class GraphView(GraphFacts, Graph):
    """A version of a graph."""

    problems: list[ProblemView]


class GraphRow(GraphFacts):
    id: str
    name: str
    description: str


class GraphProblems(BaseModel):
    problems: list[ProblemView]


class GraphChange(BaseModel):
    """What is to change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", min_length=1, max_length=LONGEST_NAME)
    description: str = Field(default="", max_length=100_000)
    folder: str = Field(default="", max_length=LONGEST_FOLDER, description="Names separated by `/`")
    tags: list[Tag] = Field(default=[], max_length=MAX_TAGS, examples=[["finance"]])
    retain_days: int | None = Field(
        default=None, ge=0, le=MAX_RETAIN_DAYS, description="0: for ever, None: as the installation says"
    )

    @field_validator("folder")
    @classmethod
    def _tidy_folder(cls, folder: str) -> str:
        return tidy_folder(folder)

    @field_validator("tags")
    @classmethod
    def _unique(cls, tags: list[str]) -> list[str]:
        return list({tag.casefold(): tag for tag in reversed(tags)}.values())[::-1]


def tidy_folder(folder: str) -> str:
    """The names in a folder's path without blanks around them and without empty ones."""
    return "/".join(name for part in folder.split("/") if (name := part.strip()))


class CopyRequest(BaseModel):
    """What the copy is called."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(
        default=None, min_length=1, max_length=LONGEST_NAME, description="None: `Copy of` the old name"
    )


class Folder(BaseModel):
    name: str = Field(description="Empty: graphs that are in no folder")
    graphs: int = Field(description="How many are in it, without those in folders below")


class DraftView(BaseModel):
    """What is being composed; the newest version where nothing else is."""

    revision: int
    based_on_version: int
    is_changed: bool = Field(description="Whether it says something else than the newest version")
    saved_at: datetime
    saved_by: str | None = Field(description="A user's id; None where nobody is known", examples=[None])
    graph: Graph
    problems: list[ProblemView] = Field(description="What keeps it from running; it is stored nevertheless")


class DraftSaved(BaseModel):
    revision: int = Field(description="Send it as `If-Match` with the next change")
    problems: list[ProblemView]


class VersionRow(BaseModel):
    version: int
    name: str = Field(description="Empty: it has none")
    created_at: datetime
    created_by: str | None = Field(description="A user's id", examples=[None])
    created_by_name: str | None = Field(examples=["Ada"])
    is_published: bool
    nodes: int = Field(description="How many")
    links: int = Field(description="How many")


class VersionRequest(BaseModel):
    """What the version is called."""

    model_config = ConfigDict(extra="forbid")

    name: VersionName = ""


class VersionRename(BaseModel):
    """Another name for a version; empty: none."""

    model_config = ConfigDict(extra="forbid")

    name: VersionName


class PublishRequest(BaseModel):
    """Which version is to be published; the draft, made a version first, without one."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(default=None, ge=1, le=2_147_483_647)
    name: VersionName = ""


class Published(BaseModel):
    id: str
    published_version: int | None
    triggers: list[TriggerView] = Field(description="What starts the graph from outside, and how it stands")


class FieldChangeView(BaseModel):
    """One field; lists are compared as a whole."""

    path: list[str] = Field(description="Names from the outside in", examples=[["input_default", "text"]])
    kind: Literal["added", "removed", "changed"] = Field(examples=["changed"])
    before: Any = Field(default=None, examples=["Hello"])
    after: Any = Field(default=None, examples=["Good morning"])


class ElementChangeView(BaseModel):
    """A node or a link that is in both."""

    id: str
    label: str = Field(description="What people call it", examples=["Result"])
    fields: list[FieldChangeView]
    nth: int = Field(default=0, description="Which of several with this id; 0 in every graph that can run")


class MoveView(BaseModel):
    """A node that stands elsewhere on the canvas."""

    id: str
    label: str = Field(examples=["Result"])
    before: Position
    after: Position
    nth: int = 0


class NodesDiff(BaseModel):
    added: list[Node]
    removed: list[Node]
    changed: list[ElementChangeView] = Field(description="Other than by their place on the canvas")
    order: list[str] | None = Field(
        default=None, description="All ids as they stand now; None: nothing was reordered"
    )


class LinksDiff(BaseModel):
    added: list[Link]
    removed: list[Link]
    changed: list[ElementChangeView]
    order: list[str] | None = None


_COMPARISON: dict[str, Any] = {
    "from_version": 1,
    "to_version": "draft",
    "is_empty": False,
    "fields": [{"path": ["name"], "kind": "changed", "before": "Hello", "after": "Greeting"}],
    "nodes": {
        "added": [],
        "removed": [],
        "changed": [
            {
                "id": "out",
                "label": "Result",
                "fields": [
                    {
                        "path": ["input_default", "name"],
                        "kind": "changed",
                        "before": "said",
                        "after": "greeting",
                    }
                ],
            }
        ],
        "order": None,
    },
    "moved": [{"id": "out", "label": "Result", "before": {"x": 0, "y": 0}, "after": {"x": 340, "y": 0}}],
    "links": {"added": [], "removed": [], "changed": [], "order": None},
}


class Comparison(BaseModel):
    """What changed from one version to the other."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMPARISON]})

    from_version: int | Literal["draft"]
    to_version: int | Literal["draft"]
    is_empty: bool = Field(description="Whether both say the same")
    fields: list[FieldChangeView] = Field(description="Of the graph itself: name, description, limits")
    nodes: NodesDiff
    moved: list[MoveView]
    links: LinksDiff


class MappedGraph(BaseModel):
    """A graph of the file and what it became."""

    file_id: str
    id: str
    name: str
    blocks: dict[str, int] = Field(description="The blocks that are known here, with how many nodes use them")


class MissingPart(BaseModel):
    """What a node needs and is not here."""

    graph_id: str
    node_id: str
    node_name: str
    block_id: str
    missing: str = Field(description="`block`, or the graph that it runs: `graph ID`", examples=["block"])
    block_name: str | None = Field(
        default=None, description="None: nothing is known of the block", examples=["AITextGeneratorBlock"]
    )


class AlteredPart(BaseModel):
    """What is not as it was in the file."""

    graph_id: str
    node_id: str = Field(description="Empty: the graph as a whole", examples=["out"])
    pin: str | None = Field(description="None: the node as a whole")
    node_name: str = Field(default="", examples=["Result"])
    why: str = Field(examples=["Credentials do not travel with a graph. Choose one again."])


class RenamedPart(BaseModel):
    """What was brought up to date."""

    graph_id: str
    node_id: str
    node_name: str
    kind: Literal["block", "pin", "value"] = Field(examples=["pin"])
    before: str = Field(examples=["input1"])
    after: str = Field(examples=["input_$_0"])


class WantedCredential(BaseModel):
    """A credential that has to be chosen again."""

    graph_id: str
    node_id: str
    node_name: str
    pin: str = Field(examples=["credentials"])
    provider: str | None = Field(description="None: one of `providers`", examples=["github"])
    providers: list[str] = Field(description="Empty: the file does not say", examples=[["github"]])
    types: list[str] = Field(examples=[["api_key", "oauth2"]])


class NodeInGraph(BaseModel):
    graph_id: str
    node_id: str
    node_name: str


_NODE_IN_GRAPH = {"graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11", "node_id": "sum", "node_name": "Sum"}


class DifferencePart(BaseModel):
    """What works otherwise here than where the file comes from."""

    block: str | None = Field(
        description="None: it concerns the graph, not one block", examples=["CalculatorBlock"]
    )
    text: str = Field(examples=["A division by zero fails; there it gives infinity."])
    count: int = Field(description="How many nodes it concerns", examples=[1])
    nodes: list[NodeInGraph] = Field(description="The first of them", examples=[[_NODE_IN_GRAPH]])


class ImportReport(GraphSaved):
    """What became of a file."""

    mapped: list[MappedGraph]
    renamed: list[RenamedPart]
    missing: list[MissingPart]
    changed: list[AlteredPart]
    credentials: list[WantedCredential]
    differences: list[DifferencePart]
    more: dict[str, int] = Field(
        description="How many entries were cut off a list, by its name", examples=[{"changed": 12}]
    )


class GraphFile(Graph):
    """A graph as it is exchanged: nothing secret in it, the graphs that it runs beside it."""

    left_out: list[AlteredPart] = Field(default=[], description="What whoever imports it has to fill in")


class TemplateRow(BaseModel):
    name: str = Field(description="By which it is asked for")
    title: str
    description: str
    tags: list[str] = Field(examples=[["text"]])
    nodes: int = Field(description="How many")


class TemplateView(TemplateRow):
    graph: Graph


class TemplateRequest(BaseModel):
    """What the new graph is called and where it goes."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(
        default=None, min_length=1, max_length=LONGEST_NAME, description="None: as the template"
    )
    folder: str = Field(default="", max_length=LONGEST_FOLDER)

    @field_validator("folder")
    @classmethod
    def _tidy_folder(cls, folder: str) -> str:
        return tidy_folder(folder)

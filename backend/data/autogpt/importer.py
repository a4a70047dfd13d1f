"""A file of the platform becomes a graph of one's own, with everything said that is not as it was."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backend.data.autogpt.differences import tell_differences
from backend.data.autogpt.document import read_document
from backend.data.autogpt.elements import FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.inputs import tidy_constants
from backend.data.autogpt.links import Links
from backend.data.autogpt.loops import Loops
from backend.data.autogpt.placeholders import put_placeholders
from backend.data.autogpt.privacy import without_private
from backend.data.autogpt.renames import rename_block, rename_values
from backend.data.autogpt.sub_agents import SubAgents, is_agent
from backend.data.graph import NodePolicy
from backend.data.graph_file import graph_of
from backend.data.graph_privacy import FindBlock
from backend.data.import_report import Imported, Mapped
from backend.data.model import JsonObject

_POLICY = NodePolicy()
"""Shared by all nodes: a default is copied for each, which takes longer than all else."""
_NO_WEBHOOK = "Its webhook stayed where it was. Connect the trigger again."


def import_document(value: Any, user_id: str, key: str | None, find_block: FindBlock) -> Imported:
    """The graphs of the file under new ids. Nothing in it is executed, nothing looked up.

    Raises:
        BadInput, GraphInvalid: see `read_document`.
    """
    findings = Findings()
    graphs = read_document(value, user_id, key)
    for graph in graphs:
        for node in graph.nodes:
            _renew(graph, node, find_block, findings)
    children, loops = SubAgents(graphs, findings), Loops(findings)
    for graph in graphs:
        for node in filter(is_agent, graph.nodes):
            children.resolve(graph, node)
        Links(graph, findings).take()
        loops.begin_with_constants(graph)
        put_placeholders(graph, findings)
    tell_differences(graphs, findings)
    return Imported(
        graph=graph_of({**_document(graphs[0]), "sub_graphs": list(map(_document, graphs[1:]))}),
        mapped=[Mapped(one.file_id, one.id, one.name, _blocks(one)) for one in graphs],
        missing=findings.missing,
        changed=findings.changed,
        renamed=findings.renamed,
        credentials=findings.credentials,
        differences=list(findings.differences.values()),
        more=findings.more,
    )


def _renew(graph: FileGraph, node: FileNode, find_block: FindBlock, findings: Findings) -> None:
    rename_block(graph, node, find_block, findings)
    without_private(graph, node, findings)
    rename_values(graph, node, find_block, findings)
    tidy_constants(graph, node, findings)
    if node.has_webhook and node.known is not None and node.known.kind.startswith("webhook"):
        findings.change(graph, node, None, _NO_WEBHOOK)


def _blocks(graph: FileGraph) -> dict[str, int]:
    return dict(Counter(node.block.name for node in graph.nodes if node.block is not None))


def _document(graph: FileGraph) -> JsonObject:
    return {
        "id": graph.id,
        "name": graph.name,
        "description": graph.description,
        "nodes": [
            {
                "id": node.id,
                "block_id": node.block_id,
                "input_default": node.constants,
                "metadata": node.metadata,
                "policy": _POLICY,
                "disabled": node.disabled,
            }
            for node in graph.nodes
        ],
        "links": [
            {
                "id": link_id,
                "source_id": link.source.id,
                "source_name": link.source_name,
                "sink_id": link.sink.id,
                "sink_name": link.sink_name,
                "is_static": link.is_static,
            }
            for link_id, link in zip(graph.link_ids, graph.links, strict=False)
        ],
    }

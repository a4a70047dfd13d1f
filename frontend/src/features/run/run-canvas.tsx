// The graph as it was when the run began, with what each block and link came to.

import { useQuery } from "@tanstack/react-query";
import { FileX, Lock, Maximize } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";

import type { CanvasHandle } from "@/components/canvas/canvas-props";
import { GraphCanvas } from "@/components/canvas/graph-canvas";
import { RunStatesProvider } from "@/components/canvas/run-states";
import { IconButton } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Empty } from "@/components/ui/status";
import { useChosen, useScene } from "@/features/run/run-context";
import { ranPinsQuery } from "@/lib/api/run-pins";
import type { Block, Graph, Node } from "@/lib/autogpt-server-api/types";
import { NO_PINS, type NodePins } from "@/lib/graph/pins";
import { linkViewer, nodeViewer } from "@/lib/graph/view";

export function RunCanvas() {
  const { graph } = useScene();
  if (graph === null) return <Deleted />;
  return <Canvas graph={graph} />;
}

function Canvas({ graph }: { graph: Graph }) {
  const { item, view, nodeId, choose } = useChosen();
  const { nodes, links } = useViews(graph);
  const canvas = useRef<CanvasHandle>(null);
  const selection = useMemo(() => new Set(nodeId === null ? [] : [nodeId]), [nodeId]);
  const kinds = useMemo(() => new Map(nodes.map((node) => [node.id, node.kind])), [nodes]);
  const isBlock = (id: string) => kinds.has(id) && kinds.get(id) !== "note" && kinds.get(id) !== "group";

  useEffect(() => {
    if (nodeId !== null) canvas.current?.center(nodeId);
  }, [nodeId]);

  return (
    <RunStatesProvider states={view}>
      <GraphCanvas
        ref={canvas}
        nodes={nodes}
        links={links}
        mode="read"
        selection={selection}
        onSelect={(ids) => {
          const [id] = [...ids].filter(isBlock);
          if ((id ?? null) !== nodeId) choose({ node: id ?? null, firing: null });
        }}
        onOpen={(id) => isBlock(id) && choose({ node: id, firing: null })}
        initialFit
        overlay={
          <div className="runcanvas__over">
            <span className="tag bg-surface">
              <Icon of={Lock} size={12} />
              {item ? `As item ${item.index} saw it` : "Read only"}
            </span>
            <IconButton
              icon={Maximize}
              size="small"
              variant="plain"
              label="Show all blocks"
              onClick={() => canvas.current?.fit()}
            />
          </div>
        }
      />
    </RunStatesProvider>
  );
}

function useViews(graph: Graph) {
  const { run, catalogue } = useScene();
  const [viewNodes] = useState(nodeViewer);
  const [viewLinks] = useState(linkViewer);
  const { data: own } = useQuery({
    ...ranPinsQuery(graph, run.graph_version, catalogue),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    const fixed = new Map<Block, NodePins>();
    const pinsOf = (node: Node): NodePins => {
      const block = catalogue.get(node.block_id);
      if (block === undefined) return NO_PINS;
      const known = own?.get(node.id) ?? fixed.get(block);
      if (known) return known;
      const made = { inputs: block.inputs, outputs: block.outputs };
      fixed.set(block, made);
      return made;
    };
    const context = { catalogue, pinsOf };
    return { nodes: viewNodes(graph, context), links: viewLinks(graph, context) };
  }, [graph, catalogue, own, viewNodes, viewLinks]);
}

function Deleted() {
  return (
    <div className="canvas grid h-full place-items-center p-6">
      <Empty icon={FileX} title="The graph of this run was deleted">
        What its blocks did is kept: the timeline below has them.
      </Empty>
    </div>
  );
}

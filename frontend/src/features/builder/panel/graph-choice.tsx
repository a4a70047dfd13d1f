// Which graph a block runs. Its inputs and outputs become the pins of the block, as they are when it is chosen.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { tellError } from "@/components/ui/toast";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import { graphRowsQuery } from "@/lib/api/graph-rows";
import { graphQuery } from "@/lib/api/one-graph";
import type { Node } from "@/lib/autogpt-server-api/types";
import { changeNode } from "@/lib/graph/edit";
import { asBlock } from "@/lib/graph/sub-graph";

export function GraphChoice({ node, error }: { node: Node; error?: string | undefined }) {
  const { editor, catalogue } = useWorkbench();
  const client = useQueryClient();
  const ownId = useEditor((state) => state.graphId);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const graphs = useQuery(graphRowsQuery).data;
  const [isBusy, setIsBusy] = useState(false);
  const chosen = node.input_default?.graph_id;
  const chosenId = typeof chosen === "string" && chosen !== "" ? chosen : null;

  const take = async (graphId: string) => {
    setIsBusy(true);
    try {
      const graph = await client.fetchQuery({ ...graphQuery(graphId), staleTime: 0 });
      const constants = asBlock(graph, graphId, catalogue);
      editor.getState().change(`Run ${graph.name}`, (before) =>
        changeNode(before, node.id, (one) => ({
          ...one,
          input_default: { ...one.input_default, ...constants },
        })),
      );
    } catch (failure) {
      tellError(failure);
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <div className="grid gap-2">
      <Field
        label="Graph"
        error={error}
        help="Its inputs and outputs are the pins of this block"
        {...(chosenId === null ? { note: "required" } : {})}
      >
        {(described) => (
          <Select
            {...described}
            value={chosenId}
            onChange={(graphId) => void take(graphId)}
            placeholder="Choose a graph"
            disabled={isReadOnly || isBusy}
            options={[...(graphs?.values() ?? [])]
              .filter((graph) => graph.id !== ownId)
              .map((graph) => ({ value: graph.id, label: graph.name }))}
          />
        )}
      </Field>
      {chosenId !== null && (
        <div className="row">
          {!isReadOnly && (
            <Button size="small" icon={RefreshCw} isBusy={isBusy} onClick={() => void take(chosenId)}>
              Renew its pins
            </Button>
          )}
          <Link to="/graphs/$graphId" params={{ graphId: chosenId }} className="btn btn--quiet btn--sm">
            Open it
          </Link>
        </div>
      )}
    </div>
  );
}

// The graphs that something starts, by name.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Tooltip } from "@/components/ui/tooltip";
import { graphRowsQuery } from "@/lib/api/graph-rows";
import type { Listener } from "@/lib/api/webhooks";

/** The first of them; how many more there are stands behind it. */
export function GraphLinks({ listeners }: { listeners: readonly Listener[] }) {
  const ids = [...new Set(listeners.map((listener) => listener.graph_id))];
  const [first, ...others] = ids;
  if (first === undefined) return <span className="faint">Nothing</span>;
  return (
    <span className="row">
      <GraphLink graphId={first} />
      {others.length > 0 && <MoreGraphs graphIds={others} />}
    </span>
  );
}

export function GraphLink({ graphId }: { graphId: string }) {
  const rows = useQuery(graphRowsQuery).data;
  return (
    <Link
      to="/graphs/$graphId"
      params={{ graphId }}
      className="over truncate font-medium underline-offset-3 hover:underline"
    >
      {rows ? (rows.get(graphId)?.name ?? "A graph") : ""}
    </Link>
  );
}

function MoreGraphs({ graphIds }: { graphIds: readonly string[] }) {
  const rows = useQuery(graphRowsQuery).data;
  const names = graphIds.map((id) => rows?.get(id)?.name ?? "A graph").join(", ");
  return (
    <Tooltip text={names}>
      <span className="over faint num">
        + {graphIds.length}
        <span className="sr-only">: {names}</span>
      </span>
    </Tooltip>
  );
}

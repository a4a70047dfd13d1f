// Why a firing failed: the words of whoever refused, and the exchange with the service where there was one.

import { Link } from "@tanstack/react-router";
import { Inbox, Pin } from "lucide-react";

import { useMay } from "@/components/session";
import { classes } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Exchange } from "@/features/run/exchange";
import { type RanNode, useScene } from "@/features/run/run-context";
import type { FiringDetails } from "@/lib/api/run";
import type { Graph } from "@/lib/autogpt-server-api/types";
import { counted, duration } from "@/lib/format";
import { ERROR_PIN, pinLabel } from "@/lib/graph/pins";

type FiringErrorProps = { node: RanNode; details: FiringDetails; error: NonNullable<FiringDetails["error"]> };

export function FiringError({ node, details, error }: FiringErrorProps) {
  const { run, store, graph } = useScene();
  const mayWrite = useMay("graphs:write");
  const firing = store.course.find(node.id, details.firing);
  const pausedMs = firing?.pauses.map(({ fromMs, toMs }) => (toMs ?? fromMs) - fromMs) ?? [];
  const kept = keptWords(
    store.totals().firings - (store.node(node.id)?.failed ?? 0),
    run.status === "failed",
  );
  return (
    <>
      <Notice kind="fail">
        <b>{error.message}</b>
        {kept && <p className="mt-1">{kept}</p>}
      </Notice>
      {graph && mayWrite && (
        <div className="row">
          <Link
            to="/graphs/$graphId"
            params={{ graphId: run.graph_id }}
            search={{ run: run.run_id, node: node.id }}
            className={classes({ size: "small" })}
          >
            <Icon of={Pin} size={14} />
            Load into builder, pinned
          </Link>
        </div>
      )}
      {error.exchange && <Exchange exchange={error.exchange} />}
      <dl className="kv border-line border-t pt-3.5">
        <dt>Code</dt>
        <dd className="mono">{error.code}</dd>
        <dt>Tried</dt>
        <dd className="num">
          {counted(details.attempts, "time")}
          {pausedMs.length > 0 && `, waited ${pausedMs.map(duration).join(" and ")}`}
        </dd>
        <dt>On error</dt>
        <dd>{onErrorWords(node.id, graph)}</dd>
      </dl>
      <Unused nodeId={node.id} />
    </>
  );
}

/** What the graph says is to be done when the block fails. */
function onErrorWords(nodeId: string, graph: Graph | null): string {
  const isHandled = graph?.links.some((link) => link.source_id === nodeId && link.source_name === ERROR_PIN);
  if (isHandled) return "Hand it on by the error pin";
  const policy = graph?.nodes.find(({ id }) => id === nodeId)?.policy;
  return policy?.on_error === "continue" ? "Go on without it" : "Stop the run";
}

/** What is safe after a failure. */
function keptWords(completed: number, hasStopped: boolean): string {
  if (!hasStopped || completed <= 0) return "";
  return `${counted(completed, "firing")} that completed ${completed === 1 ? "is" : "are"} kept: a retry does not pay for ${completed === 1 ? "it" : "them"} again.`;
}

/** Values that came to a block and were never used. */
export function Unused({ nodeId }: { nodeId: string }) {
  const { run, nameOf } = useScene();
  const unused = run.leftovers.filter((leftover) => leftover.node_id === nodeId);
  if (unused.length === 0) return null;
  const sum = unused.reduce((all, { count }) => all + count, 0);
  return (
    <Notice icon={Inbox}>
      <b>
        {counted(sum, "value")} {sum === 1 ? "was" : "were"} never used.
      </b>{" "}
      {nameOf(nodeId)} got {unused.map(({ pin, count }) => `${pinLabel(pin)} (${count})`).join(", ")}, but not
      what belongs to it.
    </Notice>
  );
}

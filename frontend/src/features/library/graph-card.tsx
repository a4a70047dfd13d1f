// A graph as a card: how it looks, what it is for, how its last run went, and what can be done with it.

import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, FolderClosed } from "lucide-react";

import { GraphThumb } from "@/components/graph-thumb/graph-thumb";
import { IconButton } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { ContextMenu, Menu } from "@/components/ui/menu";
import { runState, State } from "@/components/ui/state";
import { useGraphDeeds } from "@/features/library/graph-deeds";
import { runStatus } from "@/features/library/last-run";
import { type GraphRow, graphPictureQuery } from "@/lib/api/graphs";

export function GraphCard({ graph }: { graph: GraphRow }) {
  const { items, dialog } = useGraphDeeds(graph);
  return (
    <>
      <ContextMenu items={items}>
        <article className="card graph" aria-label={graph.name}>
          <GraphThumb picture={graphPictureQuery(graph)} />
          <div className="card__body gap-1">
            <h2 className="truncate text-13">
              <Link
                to="/graphs/$graphId"
                params={{ graphId: graph.id }}
                className="graph__name"
                title={graph.name}
              >
                {graph.name}
              </Link>
            </h2>
            <p className="graph__about">{graph.description}</p>
            <Places graph={graph} />
          </div>
          <div className="card__foot">
            <LastRun graph={graph} />
            <span className="push faint truncate" title={publishedTitle(graph)}>
              {publishedWord(graph)}
            </span>
            <span className="graph__above -mr-2">
              <Menu items={items}>
                <IconButton icon={Ellipsis} label={`More for ${graph.name}`} size="small" />
              </Menu>
            </span>
          </div>
        </article>
      </ContextMenu>
      {dialog}
    </>
  );
}

const MOST_TAGS = 3;

/** Folder and tags: each leads to the graphs that share it. */
function Places({ graph }: { graph: GraphRow }) {
  const navigate = useNavigate();
  const show = (filter: { folder: string } | { tag: string }) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...filter }) });
  const more = graph.tags.slice(MOST_TAGS);
  if (!graph.folder && graph.tags.length === 0) return null;
  return (
    <div className="row h-6 gap-1 overflow-hidden">
      {graph.folder && (
        <button
          type="button"
          className="tag graph__tag graph__above min-w-0"
          aria-label={`Show folder ${graph.folder}`}
          onClick={() => show({ folder: graph.folder })}
        >
          <Icon of={FolderClosed} size={12} />
          <span className="truncate">{graph.folder}</span>
        </button>
      )}
      {graph.tags.slice(0, MOST_TAGS).map((tag) => (
        <button
          key={tag}
          type="button"
          className="tag graph__tag graph__above"
          aria-label={`Show tag ${tag}`}
          onClick={() => show({ tag })}
        >
          {tag}
        </button>
      ))}
      {more.length > 0 && (
        <span className="faint text-11" title={more.join(", ")}>
          and {more.length} more
        </span>
      )}
    </div>
  );
}

function LastRun({ graph }: { graph: GraphRow }) {
  const last = graph.last_run;
  const status = last && runStatus(last.status);
  if (!last || !status) {
    return (
      <span className="faint truncate">
        Changed <Ago at={graph.updated_at} />
      </span>
    );
  }
  return (
    <Link
      to="/runs/$runId"
      params={{ runId: last.run_id }}
      className="graph__above row gap-1.5"
      aria-label={`Last run of ${graph.name}`}
    >
      <State
        state={runState(status)}
        {...(status === "completed_with_errors" ? { word: "With errors" } : {})}
      />
      <span className="faint">
        <Ago at={last.created_at} />
      </span>
    </Link>
  );
}

function publishedWord(graph: GraphRow): string {
  return graph.published_version === null ? "Draft" : `Version ${graph.published_version}`;
}

function publishedTitle(graph: GraphRow): string {
  if (graph.published_version === null) return "Nothing but people start it: no version is published.";
  const isAhead = graph.draft.is_changed || graph.latest_version > graph.published_version;
  return isAhead
    ? "Published. The draft has changes that are not."
    : "Published: triggers and programs start it.";
}

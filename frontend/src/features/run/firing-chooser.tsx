// Which firing of a block is looked at: the one before, the one after, or any from a list.

import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronLeft, ChevronRight } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import { Button, IconButton } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { State } from "@/components/ui/state";
import { Loads } from "@/components/ui/status";
import { Segments } from "@/components/ui/tabs";
import { useChosen, useScene } from "@/features/run/run-context";
import { type FiringRow, type FiringStatus, firingPagesQuery } from "@/lib/api/run";
import { count, counted, duration } from "@/lib/format";
import type { NodeRun } from "@/lib/run/model";
import type { StateName } from "@/lib/states";

export const FIRING_STATES: Record<FiringStatus, StateName> = {
  running: "running",
  waiting: "waiting",
  completed: "ok",
  failed: "failed",
  stopped: "stopped",
};

type FiringChooserProps = { nodeId: string; firing: number; counts: NodeRun };

export function FiringChooser({ nodeId, firing, counts }: FiringChooserProps) {
  const { choose } = useChosen();
  const [isOpen, setIsOpen] = useState(false);
  const go = (next: number) => choose({ node: nodeId, firing: next, item: null });
  return (
    <div className="row border-line border-b px-4 pb-3">
      <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
        <Popover.Trigger className="btn btn--sm num">
          Firing {count(firing)}
          <Icon of={ChevronDown} size={14} />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            aria-label="Firings"
            className="menu firings"
            align="start"
            sideOffset={4}
            collisionPadding={8}
          >
            <FiringList
              nodeId={nodeId}
              firing={firing}
              counts={counts}
              onChoose={(next) => {
                go(next);
                setIsOpen(false);
              }}
            />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <span className="faint num text-12">
        of {count(counts.started)}
        {counts.total !== null && counts.total > counts.started && `, ${count(counts.total)} expected`}
      </span>
      <span className="push row gap-0">
        <IconButton
          icon={ChevronLeft}
          size="small"
          label="Firing before"
          disabled={firing <= 0}
          onClick={() => go(firing - 1)}
        />
        <IconButton
          icon={ChevronRight}
          size="small"
          label="Firing after"
          disabled={firing + 1 >= counts.started}
          onClick={() => go(firing + 1)}
        />
      </span>
    </div>
  );
}

type FiringListProps = FiringChooserProps & { onChoose: (firing: number) => void };

function FiringList({ nodeId, firing, counts, onChoose }: FiringListProps) {
  const { run } = useScene();
  const [isFailedOnly, setIsFailedOnly] = useState(false);
  const pages = useInfiniteQuery(firingPagesQuery(run.run_id, nodeId, isFailedOnly ? ["failed"] : []));
  return (
    <div className="grid gap-1">
      {counts.failed > 0 && counts.failed < counts.started && (
        <div className="p-1">
          <Segments
            label="Which firings"
            options={[
              { value: "all", label: `All ${count(counts.started)}` },
              { value: "failed", label: `Failed ${count(counts.failed)}` },
            ]}
            value={isFailedOnly ? "failed" : "all"}
            onChange={(chosen) => setIsFailedOnly(chosen === "failed")}
          />
        </div>
      )}
      <div className="firings__list">
        <Loads query={pages}>
          {({ pages: loaded }) => (
            <ul aria-label="Firings">
              {loaded
                .flatMap(({ items }) => items)
                .map((row) => (
                  <li key={row.firing}>
                    <FiringButton row={row} isShown={row.firing === firing} onChoose={onChoose} />
                  </li>
                ))}
            </ul>
          )}
        </Loads>
        {pages.hasNextPage && (
          <div className="row p-1">
            <span className="faint num text-12">
              {counted(pages.data?.pages.reduce((sum, { items }) => sum + items.length, 0) ?? 0, "firing")} of{" "}
              {count(isFailedOnly ? counts.failed : counts.started)}
            </span>
            <Button
              size="small"
              className="push"
              isBusy={pages.isFetchingNextPage}
              onClick={() => void pages.fetchNextPage()}
            >
              Show more
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

type FiringButtonProps = { row: FiringRow; isShown: boolean; onChoose: (firing: number) => void };

function FiringButton({ row, isShown, onChoose }: FiringButtonProps) {
  const items = row.item.map(({ index }) => index).join(".");
  return (
    <button
      type="button"
      className={`itemrow ${isShown ? "is-selected" : ""}`}
      aria-pressed={isShown}
      onClick={() => onChoose(row.firing)}
    >
      <span className="num faint itemrow__index">{row.firing}</span>
      <State state={FIRING_STATES[row.status]} />
      {items && <span className="faint num">item {items}</span>}
      <span className="push num faint">{row.duration_ms === null ? "" : duration(row.duration_ms)}</span>
    </button>
  );
}

// The lines of the audit log; only those that are seen are drawn, however many there are.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { IconButton } from "@/components/ui/button";
import { actionInWords, detailInWords } from "@/features/settings/audit-words";
import type { AuditEntry } from "@/lib/api/people";
import { moment } from "@/lib/format";

const ROW_PX = 41;

type AuditListProps = {
  entries: readonly AuditEntry[];
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
};

export function AuditList({ entries, hasMore, isLoadingMore, onMore }: AuditListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (place) => entries[place]?.id ?? place,
  });
  const drawn = rows.getVirtualItems();
  const lastDrawn = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && lastDrawn >= entries.length - 20) onMore();
  }, [hasMore, isLoadingMore, lastDrawn, entries.length, onMore]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section ref={box} className="settings__table audit" aria-label="Entries" tabIndex={0}>
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {drawn.map((row) => {
          const entry = entries[row.index];
          if (!entry) return null;
          return (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <Entry
                entry={entry}
                isOpen={entry.id === openId}
                onToggle={() => setOpenId(entry.id === openId ? null : entry.id)}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

type EntryProps = { entry: AuditEntry; isOpen: boolean; onToggle: () => void };

function Entry({ entry, isOpen, onToggle }: EntryProps) {
  const detail = detailInWords(entry.action, entry.detail);
  const isBad = entry.action === "auth.login_failed";
  return (
    <>
      <div className="audit__row">
        <time className="dim num text-12" dateTime={entry.at}>
          {moment(entry.at)}
        </time>
        <span className="truncate">
          {entry.user_email ?? (entry.address ? "Nobody logged in" : "The command line")}
        </span>
        <span className="truncate">
          <span className={isBad ? "font-medium text-fail" : "font-medium"}>
            {actionInWords(entry.action)}
          </span>
          {detail && <span className="faint"> {detail}</span>}
        </span>
        <span className="audit__address faint truncate text-12">{entry.address}</span>
        <IconButton
          icon={isOpen ? ChevronDown : ChevronRight}
          label={isOpen ? "Hide details" : "Show details"}
          size="small"
          aria-expanded={isOpen}
          onClick={onToggle}
        />
      </div>
      {isOpen && (
        <dl className="audit__more kv justify-start">
          <dt>Action</dt>
          <dd className="mono text-left">{entry.action}</dd>
          {entry.target_id && (
            <>
              <dt>To</dt>
              <dd className="mono text-left wrap-anywhere">
                {entry.target_kind} {entry.target_id}
              </dd>
            </>
          )}
          {entry.address && (
            <>
              <dt>From</dt>
              <dd className="mono text-left">{entry.address}</dd>
            </>
          )}
          {Object.entries(entry.detail).map(([name, value]) => (
            <DetailLine key={name} name={name} value={value} />
          ))}
        </dl>
      )}
    </>
  );
}

function DetailLine({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name.replaceAll("_", " ")}</dt>
      <dd className="mono text-left wrap-anywhere">{JSON.stringify(value)}</dd>
    </>
  );
}

// Who did what, for owners: filtered in the address, loaded page by page, drawn as far as it is seen.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useId } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { TextInput } from "@/components/ui/field";
import { Section } from "@/components/ui/page";
import { Empty, Loads } from "@/components/ui/status";
import { AuditList } from "@/features/settings/audit-list";
import { ACTION_GROUPS } from "@/features/settings/audit-words";
import { keys } from "@/lib/api/keys";
import { type AuditFilter, readAudit, usersQuery } from "@/lib/api/people";

const ANYBODY = "all";

/** The filter as it stands in the address; days, in the person's own calendar. */
type Shown = { who?: string; action?: string; from?: string; to?: string };

export function AuditSection() {
  const shown: Shown = useSearch({ strict: false });
  const navigate = useNavigate();
  const narrow = (part: Shown) =>
    void navigate({
      to: ".",
      search: (old) => ({ ...old, ...part }),
      replace: true,
    });
  const filter = filterOf(shown);
  const log = useInfiniteQuery({
    queryKey: [...keys.audit, filter],
    queryFn: ({ pageParam, signal }) => readAudit(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const entries = log.data?.pages.flatMap((page) => page.items);
  return (
    <Section title="Audit log" beside="Who did what, newest first">
      <div className="grid gap-3">
        <Filters shown={shown} onChange={narrow} />
        <Loads query={{ data: entries, error: log.error, refetch: log.refetch }} rows={10}>
          {(list) =>
            list.length === 0 ? (
              <Empty
                icon={ScrollText}
                title="Nothing of this kind was done"
                action={
                  <Button onClick={() => narrow({ who: "", action: "", from: "", to: "" })}>
                    Show everything
                  </Button>
                }
              />
            ) : (
              <AuditList
                entries={list}
                hasMore={log.hasNextPage}
                isLoadingMore={log.isFetchingNextPage}
                onMore={() => void log.fetchNextPage()}
              />
            )
          }
        </Loads>
      </div>
    </Section>
  );
}

function Filters({ shown, onChange }: { shown: Shown; onChange: (part: Shown) => void }) {
  const people = useQuery(usersQuery);
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Select
        aria-label="What"
        className="max-w-48"
        options={ACTION_GROUPS}
        value={shown.action || "all"}
        onChange={(action) => onChange({ action: action === "all" ? "" : action })}
      />
      <Select
        aria-label="Who"
        className="max-w-56"
        options={[
          { value: ANYBODY, label: "Everybody" },
          ...(people.data ?? []).map((person) => ({
            value: person.id,
            label: person.email,
          })),
        ]}
        value={shown.who || ANYBODY}
        onChange={(who) => onChange({ who: who === ANYBODY ? "" : who })}
      />
      <Day label="From" value={shown.from} onChange={(from) => onChange({ from })} />
      <Day label="Until" value={shown.to} onChange={(to) => onChange({ to })} />
    </div>
  );
}

type DayProps = { label: string; value: string | undefined; onChange: (day: string) => void };

function Day({ label, value, onChange }: DayProps) {
  const id = useId();
  return (
    <span className="row dim text-12">
      <label htmlFor={id}>{label}</label>
      <TextInput
        id={id}
        type="date"
        className="w-36 text-text"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  );
}

function filterOf(shown: Shown): AuditFilter {
  return {
    userId: shown.who ?? "",
    action: shown.action ?? "",
    after: momentOf(shown.from, 0),
    before: momentOf(shown.to, 1),
  };
}

/** The beginning of a day, or of the one after it; empty for what is no day. */
function momentOf(day: string | undefined, daysLater: number): string {
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return "";
  date.setDate(date.getDate() + daysLater);
  return date.toISOString();
}

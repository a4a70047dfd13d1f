// What a webhook brought: a row each, newest first, with the delivery itself under the one that is opened.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Inbox } from "lucide-react";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

import { Button } from "@/components/ui/button";
import { Empty, Failed, Loads } from "@/components/ui/status";
import { Segments } from "@/components/ui/tabs";
import { DeliveryHours } from "@/features/triggers/delivery-hours";
import { DELIVERY_COLUMNS, DeliveryRows } from "@/features/triggers/delivery-rows";
import { useDeliveries } from "@/features/triggers/use-deliveries";
import type { Delivery, OneWebhook } from "@/lib/api/webhooks";

const SHOWN = [
  { value: "all", label: "All" },
  { value: "started", label: "Started a run" },
  { value: "ignored", label: "Nobody listened" },
  { value: "failed", label: "Failed" },
] as const;

type Shown = (typeof SHOWN)[number]["value"];

const ROW_PX = 41;
/** More rows than this, and only those that can be seen are in the page. */
const MOST_PLAIN = 100;

export function Deliveries({ webhook, label }: { webhook: OneWebhook; label: string }) {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { list, hasMore, more } = useDeliveries(webhook.provider, webhook.id);
  const shown = SHOWN.find((one) => one.value === search.show)?.value ?? "all";
  const show = (value: Shown) =>
    void navigate({
      to: ".",
      replace: true,
      search: (old) => ({ ...old, show: value === "all" ? undefined : value }),
    });
  return (
    <section className="card" aria-labelledby="deliveries">
      <div className="flex flex-wrap items-center gap-3 border-line border-b py-2.5 pr-2.5 pl-4">
        <h2 id="deliveries">Deliveries</h2>
        <span className="push">
          <Segments label="Which deliveries" options={SHOWN} value={shown} onChange={show} />
        </span>
      </div>
      <div aria-live="polite">
        <Loads query={list}>
          {(all) => {
            const rows = shown === "all" ? all : all.filter((delivery) => delivery.state === shown);
            return rows.length === 0 ? (
              <div className="p-4">
                <None label={label} hasOthers={all.length > 0} />
              </div>
            ) : (
              <>
                <DeliveryHours deliveries={all} isComplete={!hasMore} />
                <Table webhook={webhook} rows={rows} />
              </>
            );
          }}
        </Loads>
      </div>
      {more.error && list.data ? (
        <div className="p-4">
          <Failed error={more.error} onRetry={more.load} />
        </div>
      ) : (
        hasMore && (
          <div className="border-line border-t p-3 text-center">
            <Button size="small" isBusy={more.isLoading} onClick={more.load}>
              Show older deliveries
            </Button>
          </div>
        )
      )}
    </section>
  );
}

function None({ label, hasOthers }: { label: string; hasOthers: boolean }) {
  if (hasOthers)
    return (
      <Empty icon={Inbox} title="None of those that are shown">
        Choose All, or show older deliveries.
      </Empty>
    );
  return (
    <Empty icon={Inbox} title="Nothing has come yet">
      Let {label} send an event to the address. It stands here within seconds; what is signed wrongly is
      refused and not kept.
    </Empty>
  );
}

type TableProps = { webhook: OneWebhook; rows: readonly Delivery[] };

function Table({ webhook, rows }: TableProps) {
  const opened = useSearch({ strict: false }).delivery;
  const body = useRef<HTMLTableElement>(null);
  return (
    <div className="overflow-x-auto">
      <table className="data" ref={body}>
        <thead>
          <tr>
            <th>Received</th>
            <th>Event</th>
            <th className="max-xl:hidden">Event id</th>
            <th>What came of it</th>
            <th>Started</th>
            <th className="r max-lg:hidden">Size</th>
            <th className="max-lg:hidden">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        {rows.length <= MOST_PLAIN ? (
          rows.map((delivery) => (
            <tbody key={delivery.id}>
              <DeliveryRows webhook={webhook} delivery={delivery} isOpen={delivery.id === opened} />
            </tbody>
          ))
        ) : (
          <SeenRows webhook={webhook} rows={rows} opened={opened} table={body} />
        )}
      </table>
    </div>
  );
}

type SeenRowsProps = TableProps & { opened: string | undefined; table: RefObject<HTMLTableElement | null> };

/** Only the rows that can be seen; what is above and below them is kept free by two empty bodies. */
function SeenRows({ webhook, rows, opened, table }: SeenRowsProps) {
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const scroller = scrollerOf(table.current);
    if (!table.current || !scroller) return;
    const top = table.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    setMargin(top + scroller.scrollTop);
  }, [table]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollerOf(table.current),
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    scrollMargin: margin,
    overscan: 12,
  });
  const seen = virtual.getVirtualItems();
  const above = (seen[0]?.start ?? margin) - margin;
  const below = virtual.getTotalSize() - ((seen.at(-1)?.end ?? margin) - margin);
  return (
    <>
      <Gap heightPx={above} />
      {seen.map(({ index, key }) => {
        const delivery = rows[index];
        return (
          delivery && (
            <tbody key={key} data-index={index} ref={virtual.measureElement}>
              <DeliveryRows webhook={webhook} delivery={delivery} isOpen={delivery.id === opened} />
            </tbody>
          )
        );
      })}
      <Gap heightPx={below} />
    </>
  );
}

function Gap({ heightPx }: { heightPx: number }) {
  if (heightPx <= 0) return null;
  return (
    <tbody aria-hidden>
      <tr>
        <td colSpan={DELIVERY_COLUMNS} style={{ height: heightPx, padding: 0, border: 0 }} />
      </tr>
    </tbody>
  );
}

function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  return element?.closest<HTMLElement>("[data-scroller]") ?? null;
}

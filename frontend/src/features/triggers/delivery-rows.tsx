// A delivery in a line, and, when it is opened, as it came.

import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";

import { Icon } from "@/components/ui/icon";
import { State, type StateName } from "@/components/ui/state";
import { DeliveryDetail } from "@/features/triggers/delivery-detail";
import { ReplayButton } from "@/features/triggers/replay-button";
import type { Delivery, OneWebhook } from "@/lib/api/webhooks";
import { clock, counted, day, moment, size } from "@/lib/format";

export const DELIVERY_COLUMNS = 7;

const STATES: Record<Delivery["state"], { state: StateName; word: string }> = {
  started: { state: "ok", word: "Started a run" },
  ignored: { state: "skipped", word: "Nobody listened" },
  failed: { state: "failed", word: "Failed" },
};

type Props = { webhook: OneWebhook; delivery: Delivery; isOpen: boolean };

export function DeliveryRows({ webhook, delivery, isOpen }: Props) {
  const navigate = useNavigate();
  const toggle = () =>
    void navigate({
      to: ".",
      replace: true,
      resetScroll: false,
      search: (old) => ({ ...old, delivery: isOpen ? undefined : delivery.id }),
    });
  return (
    <>
      <tr className={isOpen ? "is-selected" : ""}>
        <td>
          <button
            type="button"
            className="row-link num row border-0 bg-transparent p-0"
            aria-expanded={isOpen}
            title={moment(delivery.received_at)}
            onClick={toggle}
          >
            <Icon of={ChevronRight} size={14} className={`text-text-3 ${isOpen ? "rotate-90" : ""}`} />
            <Received at={delivery.received_at} />
          </button>
        </td>
        <td className="mono max-w-52 truncate">{delivery.event_type || "No name"}</td>
        <td className="mono faint max-w-40 truncate max-xl:hidden" title={delivery.event_id ?? ""}>
          {delivery.event_id ?? "No id"}
        </td>
        <td>
          <span className="row">
            <State {...STATES[delivery.state]} />
            {delivery.is_test && <span className="tag">Test</span>}
            {delivery.replay_of && <span className="tag">Replay</span>}
          </span>
        </td>
        <td>
          <Started runIds={delivery.run_ids} />
        </td>
        <td className="r num dim max-lg:hidden">{size(delivery.size_bytes)}</td>
        <td className="r max-lg:hidden">
          <span className="over deeds">
            <ReplayButton webhook={webhook} deliveryId={delivery.id} />
          </span>
        </td>
      </tr>
      {isOpen && (
        <tr className="detail">
          <td colSpan={DELIVERY_COLUMNS}>
            <DeliveryDetail webhook={webhook} deliveryId={delivery.id} />
          </td>
        </tr>
      )}
    </>
  );
}

/** The clock, with the day when it was another one. */
function Received({ at }: { at: string }) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return (
    <time dateTime={at}>
      {!isToday && <span className="dim">{day(at)} </span>}
      {clock(at)}
    </time>
  );
}

function Started({ runIds }: { runIds: readonly string[] }) {
  const [first] = runIds;
  if (first === undefined) return <span className="faint">Nothing</span>;
  if (runIds.length > 1) return <span>{counted(runIds.length, "run")}</span>;
  return (
    <Link to="/runs/$runId" params={{ runId: first }} className="over anchor">
      Open the run
    </Link>
  );
}

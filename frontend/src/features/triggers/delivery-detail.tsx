// A delivery as it came: headers, body, the runs that it started, what was wrong.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { CopyButton } from "@/components/ui/copy";
import { Notice } from "@/components/ui/notice";
import { runState, State } from "@/components/ui/state";
import { Loads } from "@/components/ui/status";
import { ValueView } from "@/components/values/value-view";
import { ReplayButton } from "@/features/triggers/replay-button";
import { runStandsQuery } from "@/lib/api/triggers";
import { type DeliveryDetails, deliveryQuery, type OneWebhook } from "@/lib/api/webhooks";
import { jsonOrText } from "@/lib/values";

const RUN_REFETCH_MS = 3_000;

export function DeliveryDetail({ webhook, deliveryId }: { webhook: OneWebhook; deliveryId: string }) {
  const place = { provider: webhook.provider, webhookId: webhook.id };
  const delivery = useQuery(deliveryQuery(place, deliveryId));
  return <Loads query={delivery}>{(loaded) => <Loaded webhook={webhook} delivery={loaded} />}</Loads>;
}

function Loaded({ webhook, delivery }: { webhook: OneWebhook; delivery: DeliveryDetails }) {
  return (
    <div className="grid gap-3">
      {delivery.problem && <Notice kind="fail">{delivery.problem}</Notice>}
      <div className="row flex-wrap justify-between gap-3">
        {delivery.run_ids.length > 0 && <Runs runIds={delivery.run_ids} />}
        <span className="lg:hidden">
          <ReplayButton webhook={webhook} deliveryId={delivery.id} />
        </span>
      </div>
      <div className="grid gap-3 lg:grid-cols-[1fr_1.25fr]">
        <Headers headers={delivery.headers} />
        <Body delivery={delivery} />
      </div>
    </div>
  );
}

function Headers({ headers }: Pick<DeliveryDetails, "headers">) {
  const lines = Object.entries(headers);
  return (
    <section className="min-w-0" aria-label="Headers">
      <div className="row h-7">
        <h3 className="text-12">Headers</h3>
        <span className="push">
          <CopyButton
            text={() => lines.map(([name, value]) => `${name}: ${value}`).join("\n")}
            label="Copy headers"
          />
        </span>
      </div>
      <pre
        className="code code--scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
      >
        {lines.map(([name, value]) => (
          <span key={name}>
            <span className="c">{name}:</span> {value}
            {"\n"}
          </span>
        ))}
      </pre>
    </section>
  );
}

function Body({ delivery }: { delivery: DeliveryDetails }) {
  const { body, body_encoding: encoding } = delivery;
  return (
    <div className="min-w-0">
      <h3 className="h-7 content-center text-12">{bodyTitle(delivery)}</h3>
      <ValueView value={encoding === "text" ? jsonOrText(body) : body} label="Body" />
    </div>
  );
}

function bodyTitle({ body_encoding: encoding, is_cut: isCut }: DeliveryDetails): string {
  const kind = encoding === "base64" ? "Body, in base64" : "Body";
  return isCut ? `${kind}, the first 64 KiB` : kind;
}

function Runs({ runIds }: { runIds: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-1">
      {runIds.map((runId) => (
        <li key={runId} className="row">
          <Link to="/runs/$runId" params={{ runId }} className="anchor">
            Open the run
          </Link>
          <RunStands runId={runId} />
        </li>
      ))}
    </ul>
  );
}

function RunStands({ runId }: { runId: string }) {
  const { data } = useQuery({
    ...runStandsQuery(runId),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : RUN_REFETCH_MS),
    retry: false,
  });
  return data ? <State state={runState(data)} /> : null;
}

function isOver(status: string | undefined): boolean {
  return status !== undefined && !["queued", "running", "waiting"].includes(status);
}

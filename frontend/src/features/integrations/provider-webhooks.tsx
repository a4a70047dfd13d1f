// How a provider's events come in: by themselves or by hand, which there are, and what a person does for it.

import { Link } from "@tanstack/react-router";
import { Webhook } from "lucide-react";
import { useState } from "react";

import { TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Empty } from "@/components/ui/status";
import type { Provider } from "@/lib/api/integrations";
import { counted } from "@/lib/format";

const MANY = 24;

export function ProviderWebhooks({ provider }: { provider: Provider }) {
  const [search, setSearch] = useState("");
  const { webhooks } = provider;
  if (!webhooks) {
    return (
      <div className="pt-4">
        <Empty icon={Webhook} title={`Events of ${provider.label} are not taken`}>
          A graph can still ask for news on a schedule, or take what any sender posts to a webhook of its own.
        </Empty>
      </div>
    );
  }
  const events = webhooks.events.filter((event) => event.includes(search.trim().toLowerCase()));
  return (
    <div className="grid gap-4 pt-4">
      <Notice>
        <b>{webhooks.is_automatic ? "Set up by themselves." : "Set up by hand."}</b> {webhooks.setup}
      </Notice>
      <div className="row">
        <h2>{webhooks.events.length > 0 ? counted(webhooks.events.length, "event") : "Events"}</h2>
        {webhooks.events.length > MANY && (
          <TextInput
            className="max-w-60"
            type="search"
            aria-label="Search events"
            placeholder="Search events"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        )}
        <Link to="/triggers" search={{ tab: "webhooks" }} className="anchor push">
          All webhooks
        </Link>
      </div>
      {webhooks.events.length === 0 ? (
        <p className="dim">Whatever the sender calls them.</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {events.map((event) => (
            <li key={event} className="tag mono">
              {event}
            </li>
          ))}
          {events.length === 0 && <li className="dim">No event is called so.</li>}
        </ul>
      )}
      {webhooks.ignored_events.length > 0 && (
        <p className="faint text-12">
          Sent unasked, and they start nothing:{" "}
          <span className="mono">{webhooks.ignored_events.join(", ")}</span>
        </p>
      )}
    </div>
  );
}

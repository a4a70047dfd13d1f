// Where the provider sends events, what it sends, how it proves that it was it, and how it is set up.

import { useState } from "react";
import { CopyField } from "@/components/ui/copy";
import { State } from "@/components/ui/state";
import { Segments } from "@/components/ui/tabs";
import { SecretButton } from "@/features/triggers/secret-button";
import { SetupText } from "@/features/triggers/setup-text";
import type { OneWebhook, WebhookSupport } from "@/lib/api/webhooks";

type Props = { webhook: OneWebhook; label: string; support: WebhookSupport | undefined };

const ADDRESSES = [
  { value: "live", label: "Live" },
  { value: "test", label: "Test" },
] as const;

export function WebhookAddress({ webhook, label, support }: Props) {
  const [which, setWhich] = useState<"live" | "test">("live");
  const isLive = which === "live";
  return (
    <section className="card" aria-labelledby="address">
      <div className="flex flex-wrap items-center gap-3 border-line border-b px-4 py-3">
        <h2 id="address">Address</h2>
        <Segments label="Which address" options={ADDRESSES} value={which} onChange={setWhich} />
        <div className="min-w-64 flex-1">
          <CopyField
            text={isLive ? webhook.url : webhook.test_url}
            label={isLive ? "the address" : "the test address"}
          />
        </div>
        {!isLive && (
          <p className="faint w-full text-12">
            Events there start drafts, and only while somebody listens for a test event.
          </p>
        )}
      </div>
      <div className="grid gap-4 p-4">
        <dl className="kv items-center">
          <dt>Set up</dt>
          <dd className="text-left">
            {webhook.is_automatic ? `By Blockyard, at ${label}` : "By hand"}
            {!webhook.is_automatic &&
              (webhook.is_kept ? ", stays until it is deleted" : ", goes with the last graph that listens")}
          </dd>
          <dt>Events</dt>
          <dd className="flex flex-wrap gap-1">
            <Events webhook={webhook} />
          </dd>
          <dt>Secret</dt>
          <dd className="row flex-wrap">
            <Secret webhook={webhook} label={label} support={support} />
          </dd>
          {webhook.verification_token && (
            <>
              <dt>Verification token</dt>
              <dd className="text-left">
                <CopyField text={webhook.verification_token} label="the verification token" />
                <p className="faint mt-1">
                  {label} asks for it in its own settings. It is shown for an hour.
                </p>
              </dd>
            </>
          )}
        </dl>
        {!webhook.is_automatic && <SetupText setup={webhook.setup} />}
      </div>
    </section>
  );
}

function Events({ webhook }: { webhook: OneWebhook }) {
  const events = webhook.registered_events.length > 0 ? webhook.registered_events : webhook.wanted_events;
  if (events.length === 0) return <span>All that are sent</span>;
  return events.map((event) => (
    <span key={event} className="tag mono">
      {event}
    </span>
  ));
}

function Secret({ webhook, label, support }: Props) {
  return (
    <>
      {webhook.has_secret ? (
        <State state="ok" word="Checked with every delivery" />
      ) : (
        <State state="waiting" word="Missing: all deliveries are refused" />
      )}
      <SecretButton webhook={webhook} label={label} support={support} />
    </>
  );
}

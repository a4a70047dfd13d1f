// Providers to connect, by tier: what each is for, whether it works, and the way to its form.

import { Link } from "@tanstack/react-router";

import { ProviderTile } from "@/components/integrations/provider-icon";
import { useMay } from "@/components/session";
import { classes } from "@/components/ui/button";
import { State } from "@/components/ui/state";
import { byTier, isUsable, type Tier } from "@/features/setup/steps";
import type { Connection } from "@/lib/api/credentials";

const TIER_WORDS: Record<Tier, [string, string]> = {
  free: ["Free", "in every installation"],
  paid: ["Paid", "with your own account there"],
  premium: ["Premium", "where the installation includes them"],
};

export function ConnectionRows({ connections }: { connections: readonly Connection[] }) {
  return (
    <div className="card entry__card">
      {byTier(connections).map(({ tier, cards }) => (
        <section key={tier} aria-label={TIER_WORDS[tier][0]}>
          <div className="first__group">
            <h2>{TIER_WORDS[tier][0]}</h2>
            <span className="faint">{TIER_WORDS[tier][1]}</span>
          </div>
          <ul>
            {cards.map((connection) => (
              <ConnectionRow key={connection.provider} connection={connection} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function ConnectionRow({ connection }: { connection: Connection }) {
  return (
    <li className="first__row">
      <ProviderTile provider={connection.provider} isSmall />
      <div className="min-w-0 flex-1">
        <span className="font-semibold">{connection.label}</span>
        <p className="faint truncate text-12" title={connection.description}>
          {account(connection) || connection.description}
        </p>
      </div>
      <ConnectionState connection={connection} />
    </li>
  );
}

function ConnectionState({ connection }: { connection: Connection }) {
  const mayConnect = useMay("credentials:write");
  const { provider, label, is_connected: isConnected, problem } = connection;
  if (!connection.is_available) return <span className="faint">Not part of this installation</span>;
  const deed = isConnected ? "Change" : problem ? "Reconnect" : "Connect";
  return (
    <span className="row">
      {isUsable(connection) && !problem && (
        <State state="ok" word={isConnected ? "Connected" : "By the installation"} />
      )}
      {problem && <State state="failed" word="Reconnect" />}
      {mayConnect && (
        <Link
          to="/integrations"
          search={{ provider }}
          className={classes({ variant: isConnected ? "quiet" : "plain", size: "small" })}
          aria-label={`${deed} ${label}`}
        >
          {deed}
        </Link>
      )}
    </span>
  );
}

function account({ account: given, title }: Connection): string {
  return [given?.name || given?.email || title, given?.organization].filter(Boolean).join(", ");
}

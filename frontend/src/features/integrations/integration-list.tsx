// All providers as cards: those that want something first, then the connected ones, then the others.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Search, SearchX } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { ConnectDialog } from "@/components/integrations/connect-dialog";
import { useCredentials } from "@/components/integrations/credentials-provider";
import { useProviders } from "@/components/integrations/use-providers";
import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { Page, Section } from "@/components/ui/page";
import { Empty, Loads } from "@/components/ui/status";
import { ConcernCard } from "@/features/integrations/concern-card";
import { ConnectedCard } from "@/features/integrations/connected-card";
import { MoreCard } from "@/features/integrations/more-card";
import { type Overview, overview, tally } from "@/features/integrations/overview";
import { TallyLine } from "@/features/integrations/tally-line";
import { credentialHealthQuery } from "@/lib/api/credentials";
import type { Provider } from "@/lib/api/integrations";

export function IntegrationList() {
  const search: { q?: string | undefined } = useSearch({ strict: false });
  const navigate = useNavigate();
  const sought = search.q ?? "";
  const seek = (text: string) => void navigate({ to: ".", search: text ? { q: text } : {}, replace: true });
  const providers = useProviders();
  const credentials = useCredentials();
  const health = useQuery({ ...credentialHealthQuery, enabled: useMay("credentials:read") });
  const [connecting, setConnecting] = useState<Provider | null>(null);
  return (
    <Page
      title="Integrations"
      beside={<TallyLine tally={tally(providers.data ?? [], credentials ?? [], Date.now())} />}
      actions={<SearchField value={sought} count={providers.data?.length ?? 0} onChange={seek} />}
    >
      <Loads query={providers} rows={8}>
        {(all) => (
          <Parts
            parts={overview(all, credentials ?? [], health.data?.items ?? [], sought)}
            onConnect={setConnecting}
            onClear={() => seek("")}
          />
        )}
      </Loads>
      {connecting && (
        <ConnectDialog
          provider={connecting.provider}
          onClose={() => setConnecting(null)}
          onDone={() => setConnecting(null)}
        />
      )}
    </Page>
  );
}

type PartsProps = { parts: Overview; onConnect: (provider: Provider) => void; onClear: () => void };

function Parts({ parts, onConnect, onClear }: PartsProps) {
  const { concerns, connected, more, open } = parts;
  if (concerns.length + connected.length + more.length + open.length === 0) {
    return (
      <Empty
        icon={SearchX}
        title="No integration is called so"
        action={<Button onClick={onClear}>Show all</Button>}
      >
        Any service with an HTTP interface can be used with the block “HTTP request”.
      </Empty>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      {concerns.length > 0 && (
        <Section title="Needs you">
          <div className="integrations integrations--wide">
            {concerns.map((concern) => (
              <ConcernCard key={concern.health.credential.id} concern={concern} />
            ))}
          </div>
        </Section>
      )}
      {connected.length > 0 && (
        <Section
          title="Connected"
          beside="Secrets stay on this server, sealed; nobody can read them back, not even here."
        >
          <div className="integrations">
            {connected.map((one) => (
              <ConnectedCard
                key={one.provider.provider}
                connected={one}
                onConnect={() => onConnect(one.provider)}
              />
            ))}
          </div>
        </Section>
      )}
      {more.length > 0 && (
        <Section title={connected.length + concerns.length > 0 ? "More to connect" : "Connect a service"}>
          <div className="integrations integrations--narrow">
            {more.map((provider) => (
              <MoreCard key={provider.provider} provider={provider} onConnect={() => onConnect(provider)} />
            ))}
          </div>
        </Section>
      )}
      {open.length > 0 && (
        <Section title="No connection needed">
          <div className="integrations integrations--narrow">
            {open.map((provider) => (
              <MoreCard key={provider.provider} provider={provider} />
            ))}
          </div>
        </Section>
      )}
    </div>
  );
}

type SearchFieldProps = { value: string; count: number; onChange: (text: string) => void };

function SearchField({ value, count, onChange }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);
  return (
    <div className="input input--search w-60">
      <Icon of={Search} size={14} />
      <input
        ref={field}
        type="search"
        className="min-w-0 flex-1 border-0 bg-transparent text-text outline-none"
        aria-label="Search integrations"
        placeholder={count ? `Search ${count} integrations` : "Search integrations"}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {!value && <Kbd keys="/" />}
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA)$/.test(target.tagName))
  );
}

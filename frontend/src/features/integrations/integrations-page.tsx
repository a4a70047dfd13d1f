// Integrations: what one is connected to, how it stands, and what else there is.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";

import { isLoginReturn, sendBack } from "@/components/integrations/login-outcome";
import { IntegrationList } from "@/features/integrations/integration-list";
import { ProviderDetail } from "@/features/integrations/provider-detail";

export function IntegrationsPage() {
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const { provider } = search;
  useLoginReturn(search);
  return provider ? (
    <ProviderDetail key={provider} provider={provider} tab={search.tab} />
  ) : (
    <IntegrationList />
  );
}

/** In the window in which somebody logged in at a provider: tells the others, and closes it. */
function useLoginReturn(search: Record<string, string | undefined>): void {
  const navigate = useNavigate();
  const { provider } = search;
  const isReturn = isLoginReturn(search);
  useEffect(() => {
    if (!isReturn || !provider) return;
    sendBack(provider);
    window.close(); // does nothing in a window that no script opened; that one shows the provider
    void navigate({ to: ".", search: { provider }, replace: true });
  }, [isReturn, provider, navigate]);
}

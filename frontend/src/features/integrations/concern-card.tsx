// A connection that stopped working, or soon will: what its provider said, and the one deed that mends it.

import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { ConnectDialog } from "@/components/integrations/connect-dialog";
import { accountName, kindWord, mendWord, standing } from "@/components/integrations/credential-choice";
import { useCredentialTest } from "@/components/integrations/credential-test";
import { ProviderTile } from "@/components/integrations/provider-icon";
import { QualityMark } from "@/components/integrations/quality-mark";
import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { State } from "@/components/ui/state";
import type { Concern } from "@/features/integrations/overview";
import { UsedBy } from "@/features/integrations/used-by";

export function ConcernCard({ concern: { provider, health } }: { concern: Concern }) {
  const { credential, message, reason } = health;
  const [isConnecting, setIsConnecting] = useState(false);
  const test = useCredentialTest();
  const mayChange = useMay("credentials:write");
  const { state, word } = standing(credential, Date.now());
  const isBad = state === "failed";
  const isAlsoBroken = reason === "expires_soon" && credential.problem !== "";
  const account = accountName(credential);
  return (
    <article className={`card ${isBad ? "border-fail" : ""}`} aria-label={`${provider.label}: ${word}`}>
      <div className="card__body gap-3 p-4">
        <div className="row gap-3">
          <ProviderTile provider={provider.provider} />
          <div className="min-w-0">
            <div className="row">
              <h3 className="truncate">
                <Link to="/integrations" search={{ provider: provider.provider }} className="hover:underline">
                  {provider.label}
                </Link>
              </h3>
              <QualityMark level={provider.quality} />
            </div>
            <p className="dim truncate text-12">
              {credential.title}
              {account && account !== credential.title && ` · ${account}`}
            </p>
          </div>
          <span className="push">
            <State state={state} word={word} isChip />
          </span>
        </div>
        <Notice kind={isBad ? "fail" : "wait"}>
          <span className="wrap-anywhere">{message}</span>
          {isAlsoBroken && <span className="mt-1 block wrap-anywhere">{credential.problem}</span>}
        </Notice>
      </div>
      <div className="card__foot">
        <span className="hidden truncate sm:inline">{kindWord(credential.kind)}</span>
        <UsedBy id={credential.id} />
        {mayChange && (
          <span className="push row">
            <Button
              size="small"
              variant="quiet"
              isBusy={test.isPending}
              onClick={() => test.mutate(credential.id)}
            >
              Test again
            </Button>
            <Button size="small" onClick={() => setIsConnecting(true)}>
              {mendWord(credential.kind)}
            </Button>
          </span>
        )}
      </div>
      {isConnecting && (
        <ConnectDialog
          provider={provider.provider}
          credential={credential}
          onClose={() => setIsConnecting(false)}
          onDone={() => setIsConnecting(false)}
        />
      )}
    </article>
  );
}

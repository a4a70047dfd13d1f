// Opens the form for another secret, or for the one that the provider has made.

import { useState } from "react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { RotateSecret } from "@/features/triggers/rotate-secret";
import { takesSecret } from "@/features/triggers/webhook-stands";
import type { Webhook, WebhookSupport } from "@/lib/api/webhooks";

type Props = { webhook: Webhook; label: string; support: WebhookSupport | undefined };

export function SecretButton({ webhook, label, support }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  if (!useMay("triggers:write")) return null;
  return (
    <>
      <Button size="small" onClick={() => setIsOpen(true)}>
        {deedOf(webhook, support)}
      </Button>
      {isOpen && (
        <RotateSecret webhook={webhook} label={label} support={support} onClose={() => setIsOpen(false)} />
      )}
    </>
  );
}

function deedOf(webhook: Webhook, support: WebhookSupport | undefined): string {
  if (!takesSecret(webhook, support)) return "Rotate secret";
  return webhook.has_secret ? "Change secret" : "Enter secret";
}

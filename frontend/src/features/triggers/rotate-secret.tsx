// Another secret for a webhook: one that we make and show once, or the one that the provider has made.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { message, tell } from "@/components/ui/toast";
import { SecretShown } from "@/features/triggers/secret-shown";
import { takesSecret } from "@/features/triggers/webhook-stands";
import { keys } from "@/lib/api/keys";
import { rotateSecret, type Webhook, type WebhookSupport } from "@/lib/api/webhooks";
import { moment } from "@/lib/format";

const OLD_IS_TAKEN = [
  { value: "0", label: "No longer" },
  { value: "3600", label: "For another hour" },
  { value: "86400", label: "For another day" },
];

type Props = {
  webhook: Webhook;
  label: string;
  support: WebhookSupport | undefined;
  onClose: () => void;
};

export function RotateSecret({ webhook, label, support, onClose }: Props) {
  const form = useId();
  const queries = useQueryClient();
  const [entered, setEntered] = useState("");
  const [keepOldS, setKeepOldS] = useState("0");
  const isEntered = takesSecret(webhook, support);
  const rotate = useMutation({
    mutationFn: () =>
      rotateSecret(
        { provider: webhook.provider, webhookId: webhook.id },
        { keep_old_s: Number(keepOldS), ...(isEntered ? { secret: entered.trim() } : {}) },
      ),
    onSuccess: ({ secret }) => {
      void queries.invalidateQueries({ queryKey: keys.webhooks });
      if (secret) return;
      tell(isEntered ? "The secret is stored" : `The new secret is being sent to ${label}`);
      onClose();
    },
    meta: { isErrorShown: true },
  });
  if (rotate.data?.secret)
    return (
      <SecretShown
        title="The secret is another one"
        url={webhook.url}
        secret={rotate.data.secret}
        setup={rotate.data.setup}
        old={
          rotate.data.old_until
            ? `The old one is taken too until ${moment(rotate.data.old_until)}.`
            : "The old one is no longer taken."
        }
        onClose={onClose}
      />
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rotate.mutate();
  };
  const error = rotate.error ? message(rotate.error) : "";
  return (
    <Dialog
      title={isEntered ? "Enter the secret" : "Rotate the secret"}
      about={saidOf(webhook, label, isEntered)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="ink"
            type="submit"
            form={form}
            isBusy={rotate.isPending}
            disabled={isEntered && entered.trim() === ""}
          >
            {isEntered ? "Store secret" : "Rotate secret"}
          </Button>
        </>
      }
    >
      <form id={form} className="grid gap-3" onSubmit={submit}>
        {isEntered && (
          <Field label={`Secret that ${label} made`} error={error}>
            {(described) => (
              <TextInput
                {...described}
                type="password"
                autoComplete="off"
                className="mono"
                value={entered}
                onChange={(event) => setEntered(event.target.value)}
              />
            )}
          </Field>
        )}
        {webhook.has_secret && (
          <Field label="The old secret is taken" error={isEntered ? "" : error}>
            {(described) => (
              <Select {...described} options={OLD_IS_TAKEN} value={keepOldS} onChange={setKeepOldS} />
            )}
          </Field>
        )}
      </form>
    </Dialog>
  );
}

function saidOf(webhook: Webhook, label: string, isEntered: boolean): string {
  if (isEntered) return webhook.setup;
  if (webhook.is_automatic) return `A new one is made and sent to ${label}. You have nothing to copy.`;
  return `A new one is made and shown once. Events that ${label} signs with the old one are refused, unless you let it be taken for a while.`;
}

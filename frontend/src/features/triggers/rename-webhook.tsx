// Another name for a webhook.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { message } from "@/components/ui/toast";
import { keys } from "@/lib/api/keys";
import { changeWebhook, type Webhook } from "@/lib/api/webhooks";

export function RenameWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const form = useId();
  const queries = useQueryClient();
  const [title, setTitle] = useState(webhook.title);
  const rename = useMutation({
    mutationFn: () => changeWebhook({ provider: webhook.provider, webhookId: webhook.id }, { title }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.webhooks });
      onClose();
    },
    meta: { isErrorShown: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <Dialog
      title="Rename webhook"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="ink" type="submit" form={form} isBusy={rename.isPending}>
            Rename webhook
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field label="Name" error={rename.error ? message(rename.error) : ""}>
          {(described) => (
            <TextInput {...described} value={title} onChange={(event) => setTitle(event.target.value)} />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

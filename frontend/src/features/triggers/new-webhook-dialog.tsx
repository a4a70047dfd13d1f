// Making an address by hand, for a provider whose events nobody has registered.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { SearchSelect } from "@/components/ui/search-select";
import { Loading } from "@/components/ui/status";
import { SecretShown } from "@/features/triggers/secret-shown";
import { SetupText } from "@/features/triggers/setup-text";
import { type Sender, useSenders } from "@/features/triggers/webhook-hooks";
import { keys } from "@/lib/api/keys";
import { refusalOf } from "@/lib/api/triggers";
import { makeWebhook, type NewWebhook } from "@/lib/api/webhooks";

const FIRST = "generic-webhook";

export function NewWebhookDialog({ onClose }: { onClose: () => void }) {
  const senders = useSenders();
  const navigate = useNavigate();
  const [made, setMade] = useState<NewWebhook | null>(null);
  const open = (webhook: NewWebhook) =>
    void navigate({
      to: "/triggers/$provider/$webhookId",
      params: { provider: webhook.provider, webhookId: webhook.id },
    });
  if (made?.secret)
    return (
      <SecretShown
        title="The webhook is made"
        url={made.url}
        secret={made.secret}
        setup={made.setup}
        onClose={() => open(made)}
      />
    );
  const onMade = (webhook: NewWebhook) => (webhook.secret ? setMade(webhook) : open(webhook));
  if (!senders)
    return (
      <Dialog title="New webhook" onClose={onClose}>
        <Loading rows={3} />
      </Dialog>
    );
  return <MakeDialog senders={senders} onMade={onMade} onClose={onClose} />;
}

type MakeProps = {
  senders: readonly Sender[];
  onMade: (webhook: NewWebhook) => void;
  onClose: () => void;
};

function MakeDialog({ senders, onMade, onClose }: MakeProps) {
  const form = useId();
  const queries = useQueryClient();
  const [provider, setProvider] = useState(FIRST);
  const [title, setTitle] = useState("");
  const [secret, setSecret] = useState("");
  const sender = senders.find((one) => one.provider === provider);
  const make = useMutation({
    mutationFn: () => makeWebhook(provider, { title, ...(secret ? { secret } : {}) }),
    onSuccess: (webhook) => {
      void queries.invalidateQueries({ queryKey: keys.webhooks });
      onMade(webhook);
    },
    meta: { isErrorShown: true },
  });
  const refusal = refusalOf(make.error, (path) => path === "title" || path === "secret");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog
      title="New webhook"
      about="An address that stays until you delete it. Any of your graphs can listen to it."
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="ink" type="submit" form={form} isBusy={make.isPending}>
            Make webhook
          </Button>
        </>
      }
    >
      <form id={form} className="grid gap-3" onSubmit={submit}>
        {refusal.rest.length > 0 && <Notice kind="fail">{refusal.rest.join(" ")}</Notice>}
        <Field label="Who sends the events">
          {(described) => (
            <SearchSelect
              {...described}
              searchLabel="Search providers"
              options={senders.map((one) => ({ value: one.provider, label: one.label }))}
              value={provider}
              onChange={setProvider}
            />
          )}
        </Field>
        <Field label="Name" help="Such as the shop or the repository" error={refusal.fields.title}>
          {(described) => (
            <TextInput {...described} value={title} onChange={(event) => setTitle(event.target.value)} />
          )}
        </Field>
        {sender?.support.secret_from === "provider" && (
          <Field
            label={`Secret that ${sender.label} made`}
            help="It may be entered later, when the address stands there. No event is taken before."
            error={refusal.fields.secret}
          >
            {(described) => (
              <TextInput
                {...described}
                type="password"
                autoComplete="off"
                className="mono"
                value={secret}
                onChange={(event) => setSecret(event.target.value)}
              />
            )}
          </Field>
        )}
        {sender && <SetupText setup={sender.support.setup} />}
      </form>
    </Dialog>
  );
}

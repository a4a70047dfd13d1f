// Making an API key: its name, what it may do, until when.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useMe } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";
import { SCOPE_GROUPS, USUAL_SCOPES } from "@/features/settings/scope-words";
import { keys } from "@/lib/api/keys";
import { makeApiKey } from "@/lib/api/people";
import { may, type Scope } from "@/lib/api/session";

type NewKeyDialogProps = {
  onClose: () => void;
  onMade: (made: { name: string; key: string }) => void;
};

export function NewKeyDialog({ onClose, onMade }: NewKeyDialogProps) {
  const me = useMe();
  const formId = useId();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [lastDay, setLastDay] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(
    new Set(USUAL_SCOPES.filter((scope) => may(me, scope))),
  );
  const make = useMutation({
    meta: { isErrorShown: true },
    mutationFn: () =>
      makeApiKey(name.trim(), [...scopes], lastDay ? new Date(`${lastDay}T23:59:59`).toISOString() : null),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: keys.apiKeys });
      if (made.key) onMade({ name: made.name, key: made.key });
      else onClose();
    },
  });
  const toggle = (scope: Scope, isOn: boolean) => {
    const changed = new Set(scopes);
    if (isOn) changed.add(scope);
    else changed.delete(scope);
    setScopes(changed);
  };
  const groups = SCOPE_GROUPS.map((group) => ({
    ...group,
    scopes: group.scopes.filter(({ scope }) => may(me, scope)),
  })).filter((group) => group.scopes.length > 0);
  return (
    <Dialog
      title="Make an API key"
      onClose={onClose}
      isWide
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            variant="ink"
            type="submit"
            form={formId}
            disabled={name.trim() === "" || scopes.size === 0}
            isBusy={make.isPending}
          >
            Make key
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" help="Who or what will use it.">
            {(described) => (
              <TextInput
                {...described}
                value={name}
                maxLength={200}
                placeholder="laptop"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="Works until" note="optional" help="Empty: until you delete it.">
            {(described) => (
              <TextInput
                {...described}
                type="date"
                value={lastDay}
                onChange={(event) => setLastDay(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
          {groups.map((group) => (
            <fieldset key={group.title} className="grid content-start gap-1.5">
              <legend className="field__label mb-1">{group.title}</legend>
              {group.scopes.map(({ scope, words }) => (
                <Checkbox
                  key={scope}
                  label={words}
                  isOn={scopes.has(scope)}
                  onChange={(isOn) => toggle(scope, isOn)}
                />
              ))}
            </fieldset>
          ))}
        </div>
        {scopes.size === 0 && <p className="field__help">Tick at least one thing that it may do.</p>}
        {make.error && <Notice kind="fail">{message(make.error)}</Notice>}
      </form>
    </Dialog>
  );
}

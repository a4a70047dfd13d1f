// The person's own account: name, password, look, and the browsers in which they are logged in.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useMe } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Field, TextInput } from "@/components/ui/field";
import { Section } from "@/components/ui/page";
import { Segments } from "@/components/ui/tabs";
import { type Theme, useTheme } from "@/components/ui/theme";
import { tell } from "@/components/ui/toast";
import { PasswordForm } from "@/features/settings/password-form";
import { Sessions } from "@/features/settings/sessions";
import { keys } from "@/lib/api/keys";
import { rename } from "@/lib/api/people";
import type { Me } from "@/lib/api/session";

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

const ROLE_WORDS: Record<string, string> = {
  owner: "Owner: may do everything, people and the audit log included.",
  editor: "Editor: builds and runs graphs.",
  viewer: "Viewer: sees everything of theirs and changes nothing.",
};

export function AccountSection() {
  const me = useMe();
  const { theme, choose } = useTheme();
  return (
    <>
      <Section title="You">
        <div className="settings__card">
          <NameForm me={me} />
          <dl className="kv justify-start">
            <dt>E-mail address</dt>
            <dd className="text-left">{me.email}</dd>
            <dt>Role</dt>
            <dd className="text-left">{ROLE_WORDS[me.role] ?? me.role}</dd>
          </dl>
        </div>
      </Section>
      <Section title="Look">
        <div className="settings__card">
          <div>
            <Segments label="Theme" options={THEMES} value={theme} onChange={choose} />
          </div>
          <p className="field__help">Remembered in this browser only.</p>
        </div>
      </Section>
      <Section title="Password">
        <PasswordForm />
      </Section>
      <Section title="Where you are logged in">
        <Sessions />
      </Section>
    </>
  );
}

function NameForm({ me }: { me: Me }) {
  const client = useQueryClient();
  const [name, setName] = useState(me.name);
  const save = useMutation({
    mutationFn: () => rename(name.trim()),
    onSuccess: (changed) => {
      client.setQueryData(keys.me, changed);
      setName(changed.name);
      tell(`You are called ${changed.name} now`);
    },
  });
  const isChanged = name.trim() !== "" && name.trim() !== me.name;
  return (
    <form
      className="flex max-w-sm items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) save.mutate();
      }}
    >
      <div className="flex-1">
        <Field label="Name">
          {(described) => (
            <TextInput
              {...described}
              value={name}
              maxLength={200}
              autoComplete="name"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Button type="submit" disabled={!isChanged} isBusy={save.isPending}>
        Change name
      </Button>
    </form>
  );
}

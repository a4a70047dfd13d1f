// Log in. Afterwards one is where one wanted to be; a new owner is led to the first steps once.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Entry } from "@/features/setup/entry";
import { formErrors } from "@/features/setup/form-errors";
import { isToBeWelcomed, ownPage, rememberWelcome } from "@/features/setup/next-page";
import { keys } from "@/lib/api/keys";
import { meQuery, wizardQuery } from "@/lib/api/session";
import { logIn } from "@/lib/api/setup";

export function LoginPage() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const arrive = useArrival();
  const { mutate, error, isPending } = useMutation({
    mutationFn: logIn,
    meta: { isErrorShown: true },
    onSuccess: arrive,
  });
  const { fields, form } = formErrors(error, ["email", "password"]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate({ email, password });
  };
  return (
    <Entry title="Log in">
      <form className="grid gap-4" noValidate onSubmit={submit}>
        <Field label="E-mail" error={fields.email}>
          {(field) => (
            <TextInput
              {...field}
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Password"
          error={fields.password}
          help="Forgotten? The owner of this installation makes you another one, under Settings, People."
        >
          {(field) => (
            <TextInput
              {...field}
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {form && <Notice kind="fail">{form}</Notice>}
        <Button type="submit" variant="ink" isBusy={isPending}>
          Log in
        </Button>
      </form>
    </Entry>
  );
}

/** What was asked for before the login is forgotten: somebody else may have asked. */
function useArrival(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false });
  return async () => {
    client.clear();
    const me = await client.fetchQuery(meQuery);
    const page = ownPage(next);
    if (me && page === null) {
      const wizard = await client.fetchQuery(wizardQuery).catch(() => null);
      if (isToBeWelcomed(me, wizard)) {
        rememberWelcome(me.id);
        await navigate({ to: "/welcome", replace: true });
        return;
      }
    }
    client.setQueryData(keys.me, me);
    await navigate({ href: page ?? "/", replace: true });
  };
}

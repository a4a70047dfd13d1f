// The first start: whoever has the token that the server printed makes the owner's account.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";

import { Button, classes } from "@/components/ui/button";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Loads } from "@/components/ui/status";
import { Entry } from "@/features/setup/entry";
import { formErrors } from "@/features/setup/form-errors";
import { rememberWelcome } from "@/features/setup/next-page";
import { pastedToken, tokenInHash } from "@/features/setup/setup-token";
import { meQuery, setupQuery } from "@/lib/api/session";
import { makeOwner } from "@/lib/api/setup";

export function SetupPage() {
  const query = useQuery(setupQuery);
  return <Loads query={query}>{({ is_open }) => (is_open ? <OwnerForm /> : <Closed />)}</Loads>;
}

function Closed() {
  return (
    <Entry
      title="Log in instead"
      about="This installation has its owner already, so nobody else becomes it here."
    >
      <Link to="/login" className={classes({ variant: "ink" })}>
        Go to the login
      </Link>
    </Entry>
  );
}

const FIELDS = ["token", "email", "name", "password"] as const;
type Form = Record<(typeof FIELDS)[number], string>;

function OwnerForm() {
  const { hash } = useLocation();
  const given = tokenInHash(hash);
  const [form, setForm] = useState<Form>({ token: given ?? "", email: "", name: "", password: "" });
  const { submit, error, isPending } = useOwner();
  const { fields, form: whole } = formErrors(error, FIELDS);
  const input = (name: keyof Form) => ({
    name,
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });
  const isTokenAsked = given === null || form.token !== given || Boolean(whole ?? fields.token);
  const send = (event: FormEvent) => {
    event.preventDefault();
    submit({ ...form, token: pastedToken(form.token) });
  };
  return (
    <Entry title="Make the owner's account" about="Whoever has it decides who else comes in.">
      <form className="grid gap-4" noValidate onSubmit={send}>
        {isTokenAsked && (
          <Field
            label="Setup token"
            error={fields.token}
            help="The server printed it when it started: paste the address, or what stands behind #setup=."
          >
            {(field) => (
              <TextInput {...field} {...input("token")} required autoComplete="off" className="mono" />
            )}
          </Field>
        )}
        <Field label="E-mail" error={fields.email} help="You log in with it. No mail is sent.">
          {(field) => (
            <TextInput
              {...field}
              {...input("email")}
              type="email"
              autoComplete="username"
              required
              autoFocus
            />
          )}
        </Field>
        <Field label="Name" error={fields.name} note="optional">
          {(field) => <TextInput {...field} {...input("name")} autoComplete="name" />}
        </Field>
        <Field
          label="Password"
          error={fields.password}
          help="At least 10 characters. Several words are easy to keep."
        >
          {(field) => (
            <TextInput
              {...field}
              {...input("password")}
              type="password"
              autoComplete="new-password"
              required
            />
          )}
        </Field>
        {whole && <Notice kind="fail">{whole}</Notice>}
        <Button type="submit" variant="ink" isBusy={isPending}>
          Make the account
        </Button>
      </form>
    </Entry>
  );
}

function useOwner() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, error, isPending } = useMutation({
    mutationFn: makeOwner,
    meta: { isErrorShown: true },
    onSuccess: async () => {
      client.clear();
      const me = await client.fetchQuery(meQuery);
      if (me) rememberWelcome(me.id);
      await navigate({ to: "/welcome", replace: true }); // the token leaves the address
    },
  });
  return { submit: mutate, error, isPending };
}

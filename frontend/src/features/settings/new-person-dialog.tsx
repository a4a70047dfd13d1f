// Giving somebody an account: the server makes the password, and it is shown once.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";
import type { MadePassword } from "@/features/settings/people-section";
import { isRole, ROLES } from "@/features/settings/roles";
import { ApiError } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { makePerson, type Role } from "@/lib/api/people";

type NewPersonDialogProps = { onClose: () => void; onMade: (made: MadePassword) => void };

export function NewPersonDialog({ onClose, onMade }: NewPersonDialogProps) {
  const formId = useId();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const make = useMutation({
    meta: { isErrorShown: true },
    mutationFn: () => makePerson({ email: email.trim(), name: name.trim(), role }),
    onSuccess: async (person) => {
      await client.invalidateQueries({ queryKey: keys.users });
      if (person.password) onMade({ email: person.email, password: person.password });
      else onClose();
    },
  });
  const wrong =
    make.error instanceof ApiError
      ? make.error.problem?.errors.find((one) => one.path === "email")
      : undefined;
  return (
    <Dialog
      title="Add a person"
      about="They get an account with a password that is made now and shown to you once."
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            variant="ink"
            type="submit"
            form={formId}
            disabled={email.trim() === ""}
            isBusy={make.isPending}
          >
            Add person
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Field label="E-mail address" error={wrong?.message}>
          {(described) => (
            <TextInput
              {...described}
              type="email"
              value={email}
              autoComplete="off"
              placeholder="name@example.com"
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name" note="optional">
          {(described) => (
            <TextInput
              {...described}
              value={name}
              maxLength={200}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Role" help={ROLES.find((one) => one.value === role)?.words}>
          {(described) => (
            <Select
              {...described}
              options={ROLES}
              value={role}
              onChange={(chosen) => isRole(chosen) && setRole(chosen)}
            />
          )}
        </Field>
        {make.error && !wrong && <Notice kind="fail">{message(make.error)}</Notice>}
      </form>
    </Dialog>
  );
}

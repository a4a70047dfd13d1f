// Choosing another password; all other browsers are logged out by it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useMe } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { message, tell } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { changePassword } from "@/lib/api/people";

const SHORTEST = 10;

export function PasswordForm() {
  const me = useMe();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const change = useMutation({
    meta: { isErrorShown: true },
    mutationFn: () => changePassword(current, wanted),
    onSuccess: async () => {
      setCurrent("");
      setWanted("");
      tell("Password changed. Your other browsers are logged out");
      await client.invalidateQueries({ queryKey: keys.sessions });
    },
  });
  const errors = passwordErrors(change.error);
  const isShort = wanted !== "" && wanted.length < SHORTEST;
  return (
    <form
      className="settings__card max-w-md"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      {/* Password managers store the new one under this name. */}
      <input type="text" autoComplete="username" value={me.email} readOnly hidden />
      <Field label="Password that you have" error={errors.current}>
        {(described) => (
          <TextInput
            {...described}
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="New password"
        error={errors.new}
        help={isShort ? `${SHORTEST - wanted.length} letters more.` : `At least ${SHORTEST} letters.`}
      >
        {(described) => (
          <TextInput
            {...described}
            type="password"
            autoComplete="new-password"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        )}
      </Field>
      {change.error && !errors.current && !errors.new && <Notice kind="fail">{message(change.error)}</Notice>}
      <Button
        type="submit"
        className="justify-self-start"
        disabled={current === "" || wanted.length < SHORTEST}
        isBusy={change.isPending}
      >
        Change password
      </Button>
    </form>
  );
}

function passwordErrors(error: unknown): { current?: string; new?: string } {
  if (!(error instanceof ApiError)) return {};
  const said = (path: string) => error.problem?.errors.find((one) => one.path === path);
  const [current, wanted] = [said("current"), said("new")];
  return {
    ...(current ? { current: `${current.message} ${current.cure ?? ""}`.trim() } : {}),
    ...(wanted ? { new: `${wanted.message} ${wanted.cure ?? ""}`.trim() } : {}),
  };
}

// A new graph: it gets its name at once, then the builder opens.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { message } from "@/components/ui/toast";
import { createGraph } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";

/** `folder`: the one that is being looked at; empty: none. */
export function NewGraph({ folder, onClose }: { folder: string; onClose: () => void }) {
  const form = useId();
  const [name, setName] = useState("");
  const [isTried, setIsTried] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => createGraph(name.trim(), folder),
    meta: { isErrorShown: true },
    onSuccess: async (graphId) => {
      void client.invalidateQueries({ queryKey: keys.graphs });
      void client.invalidateQueries({ queryKey: keys.folders });
      void client.invalidateQueries({ queryKey: keys.wizard });
      await navigate({ to: "/graphs/$graphId", params: { graphId } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (name.trim()) mutate();
  };
  const missing = isTried && !name.trim() ? "A graph needs a name. It can be changed later." : undefined;
  return (
    <Dialog
      title="New graph"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="ink" isBusy={isPending}>
            Make graph
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field
          label="Name"
          error={error ? message(error) : missing}
          help={
            folder ? `It goes into the folder ${folder}.` : "Say what it does, as in: Weekly customer digest."
          }
        >
          {(field) => (
            <TextInput
              {...field}
              maxLength={500}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

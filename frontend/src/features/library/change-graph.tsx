// The small dialogs that change what stands around a graph: name, folder, tags, how long its runs are kept.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextArea, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";
import { typedTags } from "@/features/library/filters";
import { type Keeping, keepFor, typedDays } from "@/features/library/retention";
import { changeGraph, foldersQuery, type GraphChange, type GraphRow } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";

type ChangeProps = { graph: GraphRow; onClose: () => void };

export function RenameGraph({ graph, onClose }: ChangeProps) {
  const [name, setName] = useState(graph.name);
  const [description, setDescription] = useState(graph.description);
  const error = name.trim() ? undefined : "A graph needs a name. Write one.";
  return (
    <ChangeDialog
      graph={graph}
      title="Rename the graph"
      deed="Rename"
      change={error ? null : { name: name.trim(), description: description.trim() }}
      onClose={onClose}
    >
      <Field label="Name" error={error}>
        {(field) => (
          <TextInput
            {...field}
            maxLength={500}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label="Description" note="optional" help="What it does, for whoever looks through the library.">
        {(field) => (
          <TextArea
            {...field}
            rows={3}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
    </ChangeDialog>
  );
}

export function MoveGraph({ graph, onClose }: ChangeProps) {
  const [folder, setFolder] = useState(graph.folder);
  const folders = useQuery(foldersQuery).data ?? [];
  const list = useId();
  return (
    <ChangeDialog
      graph={graph}
      title="Move to a folder"
      deed="Move"
      change={{ folder: folder.trim() }}
      onClose={onClose}
    >
      <Field label="Folder" help="As in Work/Money. A new one is made; without a name it is in no folder.">
        {(field) => (
          <TextInput
            {...field}
            list={list}
            maxLength={200}
            value={folder}
            onChange={(event) => setFolder(event.target.value)}
          />
        )}
      </Field>
      <datalist id={list}>
        {folders
          .filter(({ name }) => name)
          .map(({ name }) => (
            <option key={name} value={name} />
          ))}
      </datalist>
    </ChangeDialog>
  );
}

export function TagGraph({ graph, onClose }: ChangeProps) {
  const [text, setText] = useState(graph.tags.join(", "));
  const { tags, error } = typedTags(text);
  return (
    <ChangeDialog
      graph={graph}
      title="Tags"
      deed="Save tags"
      change={error ? null : { tags }}
      onClose={onClose}
    >
      <Field label="Tags" error={error ?? undefined} help="With commas between them, as in finance, daily.">
        {(field) => <TextInput {...field} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </ChangeDialog>
  );
}

export function RetainRuns({ graph, onClose }: ChangeProps) {
  const [keeping, setKeeping] = useState<Keeping>(keepFor(graph.retain_days ?? null));
  const [text, setText] = useState(String(graph.retain_days || 30));
  const days = typedDays(text);
  const retained = { usual: null, ever: 0, days }[keeping];
  const isWrong = keeping === "days" && days === null;
  return (
    <ChangeDialog
      graph={graph}
      title="How long runs are kept"
      deed="Save"
      change={isWrong ? null : { retain_days: retained }}
      onClose={onClose}
    >
      <Field
        label="Ended runs are kept"
        help="Older ones are deleted with their values. What they cost stays known."
      >
        {(field) => (
          <Select
            {...field}
            value={keeping}
            options={[
              { value: "usual", label: "As long as the installation says" },
              { value: "ever", label: "For ever" },
              { value: "days", label: "For a number of days" },
            ]}
            onChange={(chosen) => setKeeping(chosen === "ever" || chosen === "days" ? chosen : "usual")}
          />
        )}
      </Field>
      {keeping === "days" && (
        <Field label="Days" error={isWrong ? "Write a whole number from 1 to 36500." : undefined}>
          {(field) => (
            <TextInput
              {...field}
              inputMode="numeric"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      )}
    </ChangeDialog>
  );
}

type ChangeDialogProps = ChangeProps & {
  title: string;
  deed: string;
  /** null: what is filled in cannot be saved. */
  change: GraphChange | null;
  children: ReactNode;
};

function ChangeDialog({ graph, title, deed, change, onClose, children }: ChangeDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (wanted: GraphChange) => changeGraph(graph.id, wanted),
    meta: { isErrorShown: true },
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: keys.graphs });
      await client.invalidateQueries({ queryKey: keys.folders });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change) mutate(change);
  };
  return (
    <Dialog
      title={title}
      about={graph.name}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="ink" disabled={change === null} isBusy={isPending}>
            {deed}
          </Button>
        </>
      }
    >
      <form id={form} className="grid gap-3" onSubmit={submit}>
        {children}
        {error && <Notice kind="fail">{message(error)}</Notice>}
      </form>
    </Dialog>
  );
}

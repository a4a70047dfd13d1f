// A name for a version, so that it is found again.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { useEditor } from "@/features/builder/state/context";
import { api, unwrap } from "@/lib/api/client";
import type { Version } from "@/lib/api/drafts";
import { keys } from "@/lib/api/keys";

export function VersionName({ version }: { version: Version }) {
  const graphId = useEditor((state) => state.graphId);
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState(version.name);
  const rename = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH("/api/graphs/{graph_id}/versions/{version}", {
          params: { path: { graph_id: graphId, version: version.version } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.versions(graphId) });
      setIsOpen(false);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <>
      <Button size="small" variant="quiet" icon={Pencil} onClick={() => setIsOpen(true)}>
        Name
      </Button>
      {isOpen && (
        <Dialog
          title={`Name version ${version.version}`}
          onClose={() => setIsOpen(false)}
          actions={
            <>
              <Button onClick={() => setIsOpen(false)}>Cancel</Button>
              <Button variant="ink" type="submit" form="version-name" isBusy={rename.isPending}>
                Save name
              </Button>
            </>
          }
        >
          <form id="version-name" onSubmit={submit}>
            <Field label="Name" help="What it has that others have not">
              {(described) => (
                <TextInput
                  {...described}
                  autoFocus
                  maxLength={200}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          </form>
        </Dialog>
      )}
    </>
  );
}

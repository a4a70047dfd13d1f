// Deleting a graph: first it is said what will start nothing any more.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";

import { providerDisplayName } from "@/components/integrations/credentials-provider";
import { Confirm } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { Loading } from "@/components/ui/status";
import { message, tell } from "@/components/ui/toast";
import { stopped } from "@/features/library/what-stops";
import { deleteGraph, type GraphRow, graphTriggersQuery } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";

export function DeleteGraph({ graph, onClose }: { graph: GraphRow; onClose: () => void }) {
  const triggers = useQuery(graphTriggersQuery(graph.id));
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => deleteGraph(graph.id),
    meta: { isErrorShown: true },
    onSuccess: async () => {
      onClose();
      tell(`“${graph.name}” is deleted.`);
      await Promise.all(
        [keys.graphs, keys.folders, keys.webhooks, keys.schedules, keys.polls].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  const stops = triggers.data ? stopped(triggers.data, providerDisplayName) : [];
  return (
    <Confirm
      title={`Delete “${graph.name}”?`}
      about="Its draft and all its versions are deleted with it. Its runs have to be over; they can still be read."
      deed="Delete graph"
      keep="Keep graph"
      isBusy={isPending}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      {triggers.isPending && <Loading rows={1} label="Looking for triggers" />}
      {triggers.error && (
        <Notice kind="fail">What starts it could not be read. {message(triggers.error)}</Notice>
      )}
      {triggers.data && stops.length === 0 && (
        <p className="faint text-12">No trigger or schedule starts it.</p>
      )}
      {stops.length > 0 && (
        <Notice kind="wait" icon={TriangleAlert}>
          <b>This stops, and events that come later are not taken:</b>
          <ul className="mt-1">
            {stops.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
      {error && <Notice kind="fail">{message(error)}</Notice>}
    </Confirm>
  );
}

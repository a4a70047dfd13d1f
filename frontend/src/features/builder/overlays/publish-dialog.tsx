// Before a graph is published: everything that keeps it from running, each with the way to it. Then: its triggers begin.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronRight, CircleAlert, CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { Loading } from "@/components/ui/status";
import { message, tell } from "@/components/ui/toast";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import type { Problem } from "@/lib/autogpt-server-api/types";
import { counted } from "@/lib/format";
import { nodeNames } from "@/lib/graph/model";

type Checked = "checking" | "checked" | { error: unknown };

export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { editor, autosave } = useBuilderParts();
  const graphId = useEditor((state) => state.graphId);
  const problems = useEditor((state) => state.problems);
  const [checked, setChecked] = useState<Checked>("checking");
  const [name, setName] = useState("");
  const client = useQueryClient();
  useEffect(() => {
    autosave
      .flush()
      .then(() =>
        unwrap(
          api.POST("/api/graphs/{graph_id}/validate", {
            params: { path: { graph_id: graphId }, query: { version: "draft" } },
          }),
        ),
      )
      .then((answer) => {
        editor.getState().setProblems(answer.problems);
        setChecked("checked");
      })
      .catch((error: unknown) => setChecked({ error }));
  }, [autosave, editor, graphId]);
  const publish = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/graphs/{graph_id}/publish", {
          params: { path: { graph_id: graphId } },
          body: { name: name.trim(), version: null },
        }),
      ),
    onSuccess: ({ published_version: version, triggers }) => {
      void client.invalidateQueries({ queryKey: keys.graphs });
      const live = triggers.filter((trigger) => trigger.is_live).length;
      tell(`Version ${version} is published${live ? `, ${counted(live, "trigger")} listening` : ""}`);
      onClose();
    },
  });
  const mayPublish = checked === "checked" && problems.length === 0;
  return (
    <Dialog
      title="Publish"
      about="Triggers, schedules and other programs start the published version. What you change afterwards stays a draft until you publish again."
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep as draft</Button>
          <Button
            variant="ink"
            isBusy={publish.isPending}
            disabled={!mayPublish}
            onClick={() => publish.mutate()}
          >
            Publish
          </Button>
        </>
      }
    >
      {checked === "checking" && <Loading rows={2} label="Checking the graph" />}
      {typeof checked === "object" && (
        <p role="alert" className="text-fail">
          {message(checked.error)}
        </p>
      )}
      {checked === "checked" && problems.length > 0 && <Checklist problems={problems} onClose={onClose} />}
      {mayPublish && (
        <>
          <p className="row text-ok">
            <Icon of={CircleCheck} />
            Nothing is missing.
          </p>
          <Field
            label="Name of this version"
            help="What has changed, so that you find it again. It may stay empty."
          >
            {(described) => (
              <TextInput
                {...described}
                maxLength={200}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
    </Dialog>
  );
}

function Checklist({ problems, onClose }: { problems: readonly Problem[]; onClose: () => void }) {
  const { editor, catalogue, canvas } = useBuilderParts();
  const names = nodeNames(editor.getState().graph, catalogue);
  const go = (nodeId: string) => {
    onClose();
    editor.getState().open(nodeId, "setup");
    canvas()?.center(nodeId);
  };
  return (
    <section className="grid gap-2">
      <h3>{counted(problems.length, "thing")} to do first</h3>
      <ul className="grid max-h-72 gap-1 overflow-auto">
        {problems.map((problem) => {
          const nodeId = problem.node_id;
          const text = (
            <>
              <Icon of={CircleAlert} className="mt-0.5 text-fail" />
              <span className="min-w-0 flex-1">
                <b>{(nodeId && names.get(nodeId)) || "The graph"}</b>
                {problem.pin && `, ${problem.pin}`}: {problem.message} {problem.cure}
              </span>
            </>
          );
          return (
            <li key={`${nodeId} ${problem.pin} ${problem.message}`}>
              {nodeId ? (
                <button type="button" className="checklist" onClick={() => go(nodeId)}>
                  {text}
                  <Icon of={ChevronRight} className="mt-0.5" />
                </button>
              ) : (
                <span className="checklist">{text}</span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

// Waits for an event at the test address, runs the draft with it, and shows what arrived.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Radio, Square } from "lucide-react";
import { useEffect, useRef } from "react";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { State } from "@/components/ui/state";
import { message } from "@/components/ui/toast";
import { ValueView } from "@/components/values/value-view";
import { showRun } from "@/features/builder/run/show-run";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { keys } from "@/lib/api/keys";
import { listenForTest } from "@/lib/api/webhooks";

type ListenForTestProps = { graphId: string; nodeId: string; name: string };

export function ListenForTest({ graphId, nodeId, name }: ListenForTestProps) {
  const builder = useBuilderParts();
  const client = useQueryClient();
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const listen = useMutation({
    mutationFn: async () => {
      const controller = new AbortController();
      abort.current = controller;
      await builder.autosave.flush();
      const event = await listenForTest(graphId, nodeId, controller.signal);
      return { event };
    },
    onSuccess: ({ event }) => {
      void client.invalidateQueries({ queryKey: keys.triggers(graphId) });
      if (event) void showRun(builder, event.run_id);
    },
    meta: { isErrorShown: true },
  });
  if (listen.isPending) {
    return (
      <div className="row">
        <State state="running" word="Listening for a test event" />
        <Button size="small" icon={Square} className="push" onClick={() => abort.current?.abort()}>
          Stop
        </Button>
      </div>
    );
  }
  const isStopped = listen.error instanceof DOMException && listen.error.name === "AbortError";
  return (
    <>
      <div>
        <Button size="small" icon={Radio} onClick={() => listen.mutate()}>
          Listen for a test event
        </Button>
      </div>
      {listen.error && !isStopped && <Notice kind="fail">{message(listen.error)}</Notice>}
      {listen.data && listen.data.event === null && (
        <Notice kind="wait">
          No event came. Send one to the test address while it listens, then listen again.
        </Notice>
      )}
      {listen.data?.event && (
        <section className="grid gap-1">
          <h3 className="pinname">What arrived</h3>
          <ValueView value={listen.data.event.payload} label={`Event for ${name}`} />
        </section>
      )}
    </>
  );
}

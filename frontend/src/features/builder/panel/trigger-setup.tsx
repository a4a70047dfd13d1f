// A trigger's own part: where events come in, a test event to build with, or when it asks for news.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "@/components/session";
import { CopyField } from "@/components/ui/copy";
import { Ago } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import { State } from "@/components/ui/state";
import { Loading } from "@/components/ui/status";
import { message } from "@/components/ui/toast";
import { GetAddress } from "@/features/builder/panel/get-address";
import { ListenForTest } from "@/features/builder/panel/listen-for-test";
import { PollNow } from "@/features/builder/panel/poll-now";
import { useEditor } from "@/features/builder/state/context";
import { graphTriggersQuery, type Trigger } from "@/lib/api/graph-triggers";
import type { Block, Node } from "@/lib/autogpt-server-api/types";

const LOOK_EVERY_MS = 10_000;

export function TriggerSetup({ node, block }: { node: Node; block: Block }) {
  const graphId = useEditor((state) => state.graphId);
  const isSaved = useEditor((state) => state.saving.state === "saved");
  const mayRead = useMay("triggers:read");
  const query = useQuery({
    ...graphTriggersQuery(graphId),
    enabled: mayRead,
    refetchInterval: LOOK_EVERY_MS,
  });
  if (!mayRead) return null;
  if (query.isPending) return <Loading rows={2} />;
  if (query.error) return <Notice kind="fail">{message(query.error)}</Notice>;
  const trigger = query.data.triggers.find((one) => one.node_id === node.id && one.in_draft);
  if (!trigger) {
    return (
      <Notice>
        {isSaved
          ? "Its address comes when what it needs is set."
          : "Its address comes as soon as the graph is saved."}
      </Notice>
    );
  }
  return (
    <section className="grid grid-cols-1 gap-3 border-line border-b pb-3.5" aria-label="What starts it">
      <Standing trigger={trigger} />
      {trigger.problem && <Notice kind="fail">{trigger.problem}</Notice>}
      {trigger.kind === "poll" ? (
        <PollNow graphId={graphId} trigger={trigger} />
      ) : (
        <Webhook graphId={graphId} trigger={trigger} block={block} />
      )}
    </section>
  );
}

function Standing({ trigger }: { trigger: Trigger }) {
  const last = trigger.last_delivery_at;
  return (
    <div className="row text-12">
      {trigger.is_live ? (
        <State state="ok" word={trigger.kind === "poll" ? "Asks by itself" : "Listening"} />
      ) : (
        <State state="idle" word={trigger.in_published ? "Not listening" : "Begins when you publish"} />
      )}
      {last && (
        <span className="push faint">
          last event <Ago at={last} />
        </span>
      )}
    </div>
  );
}

function Webhook({ graphId, trigger, block }: { graphId: string; trigger: Trigger; block: Block }) {
  const mayWrite = useMay("triggers:write");
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const [secret, setSecret] = useState<string | null>(null);
  if (!trigger.url) {
    return mayWrite && !isReadOnly ? (
      <GetAddress graphId={graphId} trigger={trigger} onSecret={setSecret} />
    ) : null;
  }
  return (
    <>
      {secret && (
        <Notice kind="wait">
          <b>Its secret is shown this once.</b> Put it in at the provider now.
          <CopyField text={secret} label="secret" />
        </Notice>
      )}
      {trigger.is_automatic ? (
        <p className="field__help">
          The address is registered at the provider by itself, with the connection below.
        </p>
      ) : (
        <div className="field">
          <span className="field__label">Live address</span>
          <CopyField text={trigger.url} label="live address" />
          <span className="field__help">Starts the published version.</span>
        </div>
      )}
      {trigger.test_url && (
        <div className="field">
          <span className="field__label">Test address</span>
          <CopyField text={trigger.test_url} label="test address" />
          <span className="field__help">Starts the draft, while you listen.</span>
        </div>
      )}
      {trigger.setup && (
        <details className="text-12">
          <summary>What to do at the provider</summary>
          <p className="dim whitespace-pre-line pt-1">{trigger.setup}</p>
        </details>
      )}
      {mayWrite && !isReadOnly && (
        <ListenForTest graphId={graphId} nodeId={trigger.node_id} name={block.title} />
      )}
    </>
  );
}

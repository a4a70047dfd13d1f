// The graphs that a webhook starts, and listening for a test event.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ear, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { State } from "@/components/ui/state";
import { tell, tellError } from "@/components/ui/toast";
import { graphRowsQuery } from "@/lib/api/graph-rows";
import { type Listener, listenForTest, type OneWebhook } from "@/lib/api/webhooks";

export function Listeners({ webhook }: { webhook: OneWebhook }) {
  return (
    <section className="card" aria-labelledby="listeners">
      <div className="row border-line border-b px-4 py-3">
        <h2 id="listeners">Starts</h2>
      </div>
      {webhook.triggers.length === 0 ? (
        <p className="dim px-4 py-3">
          No graph listens. Choose this webhook at a trigger in the builder and publish the graph.
        </p>
      ) : (
        <ul>
          {webhook.triggers.map((listener) => (
            <ListenerRow key={`${listener.graph_id} ${listener.node_id}`} listener={listener} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ListenerRow({ listener }: { listener: Listener }) {
  const name = useQuery(graphRowsQuery).data?.get(listener.graph_id)?.name ?? "A graph";
  const mayListen = useMay("triggers:write");
  return (
    <li className="row flex-wrap gap-3 border-line border-b px-4 py-2 last:border-b-0">
      <Link
        to="/graphs/$graphId"
        params={{ graphId: listener.graph_id }}
        search={{ node: listener.node_id }}
        className="anchor truncate"
      >
        {name}
      </Link>
      {listener.is_live ? (
        <State state="ok" word={`Published, version ${listener.graph_version}`} />
      ) : (
        <State state="idle" word="Not published" />
      )}
      <span className="faint truncate text-12">
        {listener.events.length > 0 ? listener.events.join(", ") : "All events"}
      </span>
      {mayListen && (
        <span className="push">
          <ListenButton listener={listener} />
        </span>
      )}
    </li>
  );
}

/** The button waits with the person, up to five minutes; leaving the page ends it. */
function ListenButton({ listener }: { listener: Listener }) {
  const navigate = useNavigate();
  const waiting = useRef<AbortController | null>(null);
  const [isWaiting, setIsWaiting] = useState(false);
  useEffect(() => () => waiting.current?.abort(), []);
  const stop = () => waiting.current?.abort();
  const listen = async () => {
    const abort = new AbortController();
    waiting.current = abort;
    setIsWaiting(true);
    try {
      const event = await listenForTest(listener.graph_id, listener.node_id, abort.signal);
      if (event === null) tell("No test event came in five minutes");
      else {
        const show = () => void navigate({ to: "/runs/$runId", params: { runId: event.run_id } });
        tell("A test event came and started the draft", { label: "Open the run", onClick: show });
      }
    } catch (error) {
      if (!abort.signal.aborted) tellError(error);
    } finally {
      setIsWaiting(false);
    }
  };
  if (isWaiting)
    return (
      <span className="row">
        <State state="running" word="Waiting at the test address" />
        <Button size="small" icon={Square} onClick={stop}>
          Stop
        </Button>
      </span>
    );
  return (
    <Button size="small" icon={Ear} onClick={() => void listen()}>
      Listen for a test event
    </Button>
  );
}

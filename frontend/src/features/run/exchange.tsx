// A request that a service refused, and what it answered. Secrets are masked by the server.

import { CopyButton } from "@/components/ui/copy";
import { ValueView } from "@/components/values/value-view";
import { asCurl } from "@/features/run/as-curl";
import type { HttpExchange } from "@/lib/api/run";
import { counted, duration, size } from "@/lib/format";
import { jsonOrText } from "@/lib/values";

/** Of longer bodies the server keeps only so much. */
const KEPT_BYTES = 4_096;

export function Exchange({ exchange }: { exchange: HttpExchange }) {
  const { status, duration_ms: durationMs } = exchange;
  return (
    <section className="border-line grid gap-2 border-t pt-3.5" aria-label="Request and response">
      <div className="row">
        <h3>Request</h3>
        <span className="push">
          <CopyButton text={() => asCurl(exchange)} label="Copy as curl" />
        </span>
      </div>
      <pre className="code exchange">
        <span className="k">{exchange.method}</span> {exchange.url}
        <Headers headers={exchange.request_headers} />
      </pre>
      <Body text={exchange.request_body} sizeBytes={exchange.request_size_bytes} label="Request body" />
      <div className="row">
        <h3>Response</h3>
        <span className={`num font-medium text-12 ${status === null || status >= 400 ? "text-fail" : ""}`}>
          {status ?? "none came"}
        </span>
        {durationMs !== null && <span className="push faint num text-12">{duration(durationMs)}</span>}
      </div>
      <ResponseHeaders headers={exchange.response_headers} />
      <Body text={exchange.response_body} sizeBytes={exchange.response_size_bytes} label="Response body" />
    </section>
  );
}

function ResponseHeaders({ headers }: { headers: Readonly<Record<string, string>> }) {
  const count = Object.keys(headers).length;
  if (count === 0) return null;
  return (
    <details>
      <summary className="faint cursor-pointer text-12">{counted(count, "header")}</summary>
      <pre className="code exchange mt-2">
        <Headers headers={headers} />
      </pre>
    </details>
  );
}

/** The server keeps the beginning of a body; one that is whole and JSON is shown as such. */
function Body({ text, sizeBytes, label }: { text: string; sizeBytes: number; label: string }) {
  if (text === "") return null;
  return (
    <>
      <ValueView value={jsonOrText(text)} label={label} />
      {sizeBytes > KEPT_BYTES && <p className="faint num text-12">The beginning of {size(sizeBytes)}.</p>}
    </>
  );
}

function Headers({ headers }: { headers: Readonly<Record<string, string>> }) {
  return Object.entries(headers).map(([name, value]) => (
    <span key={name} className="c block">
      {name}: {value}
    </span>
  ));
}

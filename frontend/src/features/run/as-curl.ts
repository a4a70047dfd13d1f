// A request for a terminal.

import type { HttpExchange } from "@/lib/api/run";

/** The command that sends it again. What the server masked has to be filled in. */
export function asCurl({ method, url, request_headers, request_body }: HttpExchange): string {
  const parts = [
    `curl -X ${method} ${quoted(url)}`,
    ...Object.entries(request_headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(request_body ? [`--data ${quoted(request_body)}`] : []),
  ];
  return parts.join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

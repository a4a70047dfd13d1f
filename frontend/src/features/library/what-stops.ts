// What starts a graph, and so ends with it, in a line each.

import type { GraphTriggers } from "@/lib/api/graphs";

type Started = {
  triggers: readonly Pick<
    GraphTriggers["triggers"][number],
    "kind" | "label" | "provider" | "is_live" | "in_published"
  >[];
  schedules: readonly Pick<GraphTriggers["schedules"][number], "name" | "cron" | "timezone" | "is_active">[];
};

/** Triggers that are in the draft alone start nothing, so they are not listed. */
export function stopped({ triggers, schedules }: Started, nameOf: (provider: string) => string): string[] {
  const live = triggers
    .filter((trigger) => trigger.is_live || trigger.in_published)
    .map((trigger) => {
      const kind = trigger.kind === "poll" ? "Poll" : "Webhook";
      return `${kind} “${trigger.label}”${trigger.provider ? ` of ${nameOf(trigger.provider)}` : ""}`;
    });
  const timed = schedules.map(({ name, cron, timezone, is_active: isActive }) =>
    `Schedule ${name ? `“${name}”` : ""} ${cron}, ${timezone}${isActive ? "" : ", switched off"}`.replace(
      / +/g,
      " ",
    ),
  );
  return [...new Set([...live, ...timed])];
}

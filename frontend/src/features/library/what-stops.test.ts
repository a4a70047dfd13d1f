import { expect, it } from "vitest";

import { stopped } from "@/features/library/what-stops";

it("names what starts the graph now, and nothing that only the draft has", () => {
  const lines = stopped(
    {
      triggers: [
        { kind: "webhook", label: "Invoice paid", provider: "stripe", is_live: true, in_published: true },
        { kind: "poll", label: "New mail", provider: "", is_live: false, in_published: true },
        { kind: "webhook", label: "Not yet", provider: "github", is_live: false, in_published: false },
      ],
      schedules: [
        { name: "", cron: "0 7 * * 1", timezone: "Europe/Berlin", is_active: true },
        { name: "Nightly", cron: "0 1 * * *", timezone: "UTC", is_active: false },
      ],
    },
    (provider) => provider.toUpperCase(),
  );
  expect(lines).toEqual([
    "Webhook “Invoice paid” of STRIPE",
    "Poll “New mail”",
    "Schedule 0 7 * * 1, Europe/Berlin",
    "Schedule “Nightly” 0 1 * * *, UTC, switched off",
  ]);
});

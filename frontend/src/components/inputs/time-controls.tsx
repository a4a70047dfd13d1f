// When something is to happen, and in which time zone.

import { lazy, Suspense } from "react";

import type { ControlProps } from "@/components/inputs/control-props";
import { asText } from "@/components/inputs/text-controls";
import { SearchSelect } from "@/components/ui/search-select";
import { Loading } from "@/components/ui/status";
import { timezones } from "@/lib/cron-times";

const CronField = lazy(async () => {
  const { CronField } = await import("@/components/cron/cron-field");
  return { default: CronField };
});

const EVERY_MORNING = "0 9 * * *";

/** The expression alone: it is shown in the zone of this browser, and means the one that the block has. */
export function CronControl({ schema, value, onChange }: ControlProps) {
  const cron = asText(value) || asText(schema.default) || EVERY_MORNING;
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Suspense fallback={<Loading rows={2} />}>
      <CronField value={{ cron, timezone }} onChange={(next) => onChange(next.cron)} />
    </Suspense>
  );
}

export function TimeZoneControl({ described, schema, value, onChange }: ControlProps) {
  const { "aria-label": _row, ...field } = described;
  return (
    <SearchSelect
      {...field}
      options={timezones().map((name) => ({ value: name, label: name, note: name.replace(/[/_]/g, " ") }))}
      value={asText(value) || asText(schema.default) || null}
      searchLabel="Search time zones"
      onChange={onChange}
    />
  );
}

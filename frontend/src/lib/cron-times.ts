// Moments as a clock in some time zone shows them.

/** "Mon 23 Nov, 09:00", with the year when it is another one; in the zone of this computer without `timezone`. */
export function wallTime(at: string, timezone?: string): string {
  const date = new Date(at);
  const zone = timezone ? { timeZone: timezone } : {};
  const isThisYear = yearIn(date, zone) === yearIn(new Date(), zone);
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" as const }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  const day = [part("weekday"), part("day"), part("month"), part("year")].filter(Boolean).join(" ");
  return `${day}, ${part("hour")}:${part("minute")}`;
}

function yearIn(date: Date, zone: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { ...zone, year: "numeric" }).format(date);
}

/** The time zone of this computer by its IANA name. */
export function localTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** By their IANA names; UTC comes first. */
export function timezones(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];
}

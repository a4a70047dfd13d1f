// Times, sizes and money as people read them.

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** < 1 ms, 212 ms, 4.1 s, 3 min 20 s, 2 h 5 min. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 0.5) return "< 1 ms";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  const whole = Math.round(seconds);
  if (whole < MINUTE_S) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  if (whole < HOUR_S) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < DAY_S) return joined(Math.floor(whole / HOUR_S), "h", Math.round((whole % HOUR_S) / 60), "min");
  return joined(Math.floor(whole / DAY_S), "d", Math.round((whole % DAY_S) / HOUR_S), "h");
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;
}

/** Micro-dollars as $0.0085 below a cent, $0.032 below a dollar, $12.40 above; nothing spent: $0. */
export function money(usdMicros: number): string {
  if (usdMicros === 0) return "$0";
  const dollars = usdMicros / 1e6;
  const places = Math.abs(dollars) < 0.01 ? 4 : Math.abs(dollars) < 1 ? 3 : 2;
  if (Math.abs(dollars) < 0.0001) return dollars < 0 ? "> -$0.0001" : "< $0.0001";
  const text = Math.abs(dollars).toLocaleString("en-US", {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
  return `${dollars < 0 ? "-" : ""}$${text}`;
}

const WHOLE = new Intl.NumberFormat("en-US");

/** 1,234 */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** "3 blocks", "1 block". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 812 B, 14 kB, 3.2 MB. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "now", "2 min ago", "in 3 h", "14 Mar"; `nowMs` is the moment it is said. */
export function ago(at: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(at)) / 1_000);
  const distance = Math.abs(seconds);
  if (distance < 45) return seconds >= 0 ? "just now" : "in a moment";
  const text =
    distance < HOUR_S
      ? `${Math.round(distance / MINUTE_S)} min`
      : distance < DAY_S
        ? `${Math.round(distance / HOUR_S)} h`
        : distance < 14 * DAY_S
          ? `${Math.round(distance / DAY_S)} d`
          : null;
  if (text === null) return day(at);
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** 14 Mar, with the year when it is another one. */
export function day(at: string): string {
  const date = new Date(at);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" as const }),
  });
}

/** 14 Mar 2026, 14:02:11: for tooltips, where the exact moment matters. */
export function moment(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

/** 14:02:11 */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

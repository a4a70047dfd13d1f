// The last 24 hours of a webhook in bars. Only where all of their deliveries are loaded: else it would say too little.

import { byHour, coversDay, type Hour } from "@/features/triggers/hours";
import type { Delivery } from "@/lib/api/webhooks";
import { count } from "@/lib/format";

const [STEP, BAR, HEIGHT] = [13, 10, 36];

export function DeliveryHours({
  deliveries,
  isComplete,
}: {
  deliveries: readonly Delivery[];
  isComplete: boolean;
}) {
  const nowMs = Date.now();
  if (!coversDay(deliveries, isComplete, nowMs)) return null;
  const hours = byHour(deliveries, nowMs);
  const sum = (state: keyof Hour) => hours.reduce((total, hour) => total + hour[state], 0);
  const failed = sum("failed");
  return (
    <div className="flex flex-wrap items-end gap-x-6 gap-y-2 border-line border-b px-4 py-3 text-12">
      <div className="grid gap-1">
        <h3 className="text-12">Last 24 hours</h3>
        <p className="num flex gap-4">
          <Figure value={sum("started") + sum("ignored") + failed} word="received" />
          <Figure value={sum("started")} word="started a run" />
          {failed > 0 && <Figure value={failed} word="failed" isBad />}
        </p>
      </div>
      <Bars hours={hours} />
    </div>
  );
}

function Figure({ value, word, isBad = false }: { value: number; word: string; isBad?: boolean }) {
  return (
    <span>
      <b className={`font-semibold ${isBad ? "text-fail" : ""}`}>{count(value)}</b>{" "}
      <span className="dim">{word}</span>
    </span>
  );
}

/** Decorative: the figures beside them say the same. */
function Bars({ hours }: { hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.map(totalOf));
  const scale = (value: number) => (value / most) * HEIGHT;
  return (
    <svg
      aria-hidden
      className="ml-auto h-9 w-[308px]"
      viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {hours.map((hour, index) => {
        const height = Math.max(1.5, scale(totalOf(hour)));
        const bad = scale(hour.failed);
        const fill = totalOf(hour) > 0 ? "fill-link" : "fill-line-block";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is known by its place only
          <g key={index}>
            <rect
              x={index * STEP}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              rx={1.5}
              className={fill}
            />
            {bad > 0 && (
              <rect
                x={index * STEP}
                y={HEIGHT - bad}
                width={BAR}
                height={bad}
                rx={1.5}
                className="fill-fail"
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}

function totalOf(hour: Hour): number {
  return hour.started + hour.ignored + hour.failed;
}

// Graphs that run by the clock.

import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { allPages, query } from "@/lib/api/query";
import type { components } from "@/lib/autogpt-server-api/schema";

type Schemas = components["schemas"];
export type Schedule = Schemas["ScheduleView"];
export type ScheduleBody = Schemas["ScheduleBody"];
export type ScheduleChange = Schemas["ScheduleChange"];
export type CronPreview = Schemas["CronPreview"];
export type Overlap = Schemas["Overlap"];

export const schedulesQuery = query(keys.schedules, ({ signal }) =>
  allPages((cursor) =>
    unwrap(
      api.GET("/api/schedules", { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }),
    ),
  ),
);

/** When an expression is due; a refusal names the field, `cron` or `timezone`. */
export function cronPreviewQuery(cron: string, timezone: string) {
  return query(["cron-preview", cron, timezone], ({ signal }) =>
    unwrap(api.POST("/api/schedules/preview", { body: { cron, timezone }, signal })),
  );
}

export function makeSchedule(body: ScheduleBody): Promise<Schedule> {
  return unwrap(api.POST("/api/schedules", { body }));
}

export function changeSchedule(scheduleId: string, body: ScheduleChange): Promise<Schedule> {
  return unwrap(
    api.PATCH("/api/schedules/{schedule_id}", { params: { path: { schedule_id: scheduleId } }, body }),
  );
}

export async function deleteSchedule(scheduleId: string): Promise<void> {
  await unwrap(api.DELETE("/api/schedules/{schedule_id}", { params: { path: { schedule_id: scheduleId } } }));
}

export function runSchedule(scheduleId: string): Promise<Schemas["RunAccepted"]> {
  return unwrap(
    api.POST("/api/schedules/{schedule_id}/run-now", { params: { path: { schedule_id: scheduleId } } }),
  );
}

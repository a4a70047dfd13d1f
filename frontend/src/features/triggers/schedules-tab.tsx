// All schedules: when each comes next, what came of its last time, and whether it is on.

import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Plus, SearchX } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Empty, Loads } from "@/components/ui/status";
import { ScheduleRows } from "@/features/triggers/schedule-rows";
import { has } from "@/features/triggers/sought";
import { schedulesQuery } from "@/lib/api/schedules";

const REFETCH_MS = 5_000;

type Props = { sought: string; onMake: (() => void) | undefined };

export function SchedulesTab({ sought, onMake }: Props) {
  const schedules = useQuery({ ...schedulesQuery, refetchInterval: REFETCH_MS });
  return (
    <Loads query={schedules} rows={8}>
      {(all) => {
        if (all.length === 0) return <NoSchedules onMake={onMake} />;
        const found = all.filter((one) => has(sought, [one.name, one.graph_name, one.description, one.cron]));
        if (found.length === 0)
          return (
            <Empty icon={SearchX} title="No schedule fits">
              Search for another part of its name, its graph or its times.
            </Empty>
          );
        return (
          <div className="card overflow-x-auto">
            <table className="data data--tall">
              <thead>
                <tr>
                  <th>Schedule</th>
                  <th>Next</th>
                  <th className="max-lg:hidden">Last</th>
                  <th>On</th>
                  <th className="r">
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((schedule) => (
                  <ScheduleRows key={schedule.id} schedule={schedule} />
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Loads>
  );
}

function NoSchedules({ onMake }: { onMake: (() => void) | undefined }) {
  return (
    <Empty
      icon={CalendarClock}
      title="No schedules yet"
      action={
        onMake && (
          <Button icon={Plus} onClick={onMake}>
            New schedule
          </Button>
        )
      }
    >
      A schedule runs a graph when its time comes: every quarter of an hour, on Mondays at 07:30, on the last
      day of the month.
    </Empty>
  );
}

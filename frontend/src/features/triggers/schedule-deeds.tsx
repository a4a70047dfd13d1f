// What one does with a schedule: on and off, run now, edit, delete.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, Pencil, Play, Trash2 } from "lucide-react";
import { useState } from "react";

import { useMay } from "@/components/session";
import { IconButton } from "@/components/ui/button";
import { Switch } from "@/components/ui/choice";
import { Confirm } from "@/components/ui/dialog";
import { Menu } from "@/components/ui/menu";
import { State } from "@/components/ui/state";
import { tell } from "@/components/ui/toast";
import { ScheduleDialog } from "@/features/triggers/schedule-dialog";
import { keys } from "@/lib/api/keys";
import { changeSchedule, deleteSchedule, runSchedule, type Schedule } from "@/lib/api/schedules";

/** Turned at once; turned back when the server refuses. */
export function ScheduleSwitch({ schedule }: { schedule: Schedule }) {
  const queries = useQueryClient();
  const mayChange = useMay("triggers:write");
  const turn = useMutation({
    mutationFn: (isOn: boolean) => changeSchedule(schedule.id, { is_active: isOn }),
    onMutate: async () => queries.cancelQueries({ queryKey: keys.schedules }),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.schedules }),
  });
  const isOn = turn.isPending ? turn.variables : schedule.is_active;
  if (!mayChange) return <State state={isOn ? "ok" : "idle"} word={isOn ? "On" : "Off"} />;
  const label = <span className="sr-only">{schedule.name || schedule.graph_name} is on</span>;
  return <Switch label={label} isOn={isOn} onChange={(next) => turn.mutate(next)} />;
}

export function ScheduleDeeds({ schedule }: { schedule: Schedule }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayChange = useMay("triggers:write");
  const [opened, setOpened] = useState<"edit" | "delete" | null>(null);
  const run = useMutation({
    mutationFn: () => runSchedule(schedule.id),
    onSuccess: ({ run_id: runId }) => {
      void queries.invalidateQueries({ queryKey: keys.schedules });
      const open = () => void navigate({ to: "/runs/$runId", params: { runId } });
      tell("Run started", { label: "Open the run", onClick: open });
    },
  });
  if (!mayChange) return null;
  const close = () => setOpened(null);
  return (
    <>
      <Menu
        items={[
          { label: "Run now", icon: Play, onSelect: () => run.mutate() },
          { label: "Edit", icon: Pencil, onSelect: () => setOpened("edit") },
          "separator",
          { label: "Delete", icon: Trash2, isDanger: true, onSelect: () => setOpened("delete") },
        ]}
      >
        <IconButton
          icon={Ellipsis}
          size="small"
          label={`More for ${schedule.name || schedule.graph_name}`}
          isBusy={run.isPending}
        />
      </Menu>
      {opened === "edit" && <ScheduleDialog schedule={schedule} onClose={close} />}
      {opened === "delete" && <DeleteSchedule schedule={schedule} onClose={close} />}
    </>
  );
}

function DeleteSchedule({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteSchedule(schedule.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.schedules });
      tell("Schedule deleted");
    },
    onSettled: onClose,
  });
  return (
    <Confirm
      title={`Delete ${schedule.name || schedule.graph_name}?`}
      about={`${schedule.graph_name} is no longer started at its times. A run that goes on is not stopped, and earlier runs stay. To pause it, switch it off instead.`}
      deed="Delete schedule"
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

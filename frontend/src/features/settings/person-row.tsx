// One person in the table of owners: role, shutting out, another password.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { DoorClosed, DoorOpen, Ellipsis, KeyRound } from "lucide-react";
import { useState } from "react";

import { IconButton } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Confirm } from "@/components/ui/dialog";
import { Ago } from "@/components/ui/figures";
import { Menu } from "@/components/ui/menu";
import { State } from "@/components/ui/state";
import { tell } from "@/components/ui/toast";
import type { MadePassword } from "@/features/settings/people-section";
import { isRole, ROLES } from "@/features/settings/roles";
import { keys } from "@/lib/api/keys";
import { changePerson, type Person, type PersonChange, type Role, resetPassword } from "@/lib/api/people";

type PersonRowProps = {
  person: Person;
  isMe: boolean;
  /** What the server refused, such as taking away the last owner; null: it is settled. */
  onRefusal: (error: unknown) => void;
  onPassword: (made: MadePassword) => void;
};

type Doing = { is: "role"; role: Role } | { is: "shut out" } | { is: "password" };

export function PersonRow({ person, isMe, onRefusal, onPassword }: PersonRowProps) {
  const client = useQueryClient();
  const [doing, setDoing] = useState<Doing | null>(null);
  const stop = () => setDoing(null);
  const change = useMutation({
    meta: { isErrorShown: true },
    mutationFn: (wanted: PersonChange) => changePerson(person.id, wanted),
    onMutate: () => onRefusal(null),
    onError: onRefusal,
    onSettled: async () => {
      stop();
      await client.invalidateQueries({ queryKey: keys.users });
      if (isMe) await client.invalidateQueries({ queryKey: keys.me });
    },
  });
  const reset = useMutation({
    mutationFn: () => resetPassword(person.id),
    onSuccess: ({ password }) => onPassword({ email: person.email, password }),
    onSettled: stop,
  });
  const chooseRole = (role: string) => {
    if (!isRole(role) || role === person.role) return;
    if (isMe) setDoing({ is: "role", role });
    else change.mutate({ role }, { onSuccess: () => tell(`${person.name} has the role ${role} now`) });
  };
  return (
    <tr>
      <td className="py-2">
        <span className={`block font-medium ${person.is_active ? "" : "text-text-3"}`}>
          {person.name}
          {isMe && <span className="tag ml-2">You</span>}
        </span>
        <span className="dim block text-12">{person.email}</span>
      </td>
      <td>
        <Select
          aria-label={`Role of ${person.name}`}
          className="min-w-28"
          options={ROLES}
          value={change.isPending && change.variables.role ? change.variables.role : person.role}
          onChange={chooseRole}
          disabled={change.isPending}
        />
      </td>
      <td>
        <State
          state={person.is_active ? "ok" : "stopped"}
          word={person.is_active ? "May log in" : "Shut out"}
        />
      </td>
      <td>
        <Ago at={person.created_at} />
      </td>
      <td className="r">
        <Menu
          items={[
            { label: "Make a new password", icon: KeyRound, onSelect: () => setDoing({ is: "password" }) },
            "separator",
            person.is_active
              ? {
                  label: "Shut out",
                  icon: DoorClosed,
                  isDanger: true,
                  onSelect: () => setDoing({ is: "shut out" }),
                }
              : {
                  label: "Let in again",
                  icon: DoorOpen,
                  onSelect: () => change.mutate({ is_active: true }),
                },
          ]}
        >
          <IconButton icon={Ellipsis} label={`More for ${person.name}`} size="small" />
        </Menu>
        {doing?.is === "shut out" && (
          <Confirm
            title={`Shut out ${person.name}?`}
            about="They are logged out everywhere and their API keys do nothing. What is theirs is kept, and you can let them in again."
            deed="Shut out"
            isBusy={change.isPending}
            onConfirm={() => change.mutate({ is_active: false })}
            onClose={stop}
          />
        )}
        {doing?.is === "role" && (
          <Confirm
            title={`Stop being an owner and become ${doing.role}?`}
            about="You will no longer see people and the audit log, and only another owner can change that back."
            deed={`Become ${doing.role}`}
            isBusy={change.isPending}
            onConfirm={() => change.mutate({ role: doing.role })}
            onClose={stop}
          />
        )}
        {doing?.is === "password" && (
          <Confirm
            title={`Make a new password for ${person.name}?`}
            about="The old one stops working and they are logged out everywhere. The new one is shown to you once."
            deed="Make password"
            isBusy={reset.isPending}
            onConfirm={() => reset.mutate()}
            onClose={stop}
          />
        )}
      </td>
    </tr>
  );
}

// Everybody who has an account here, for owners. Nobody is deleted, so that history stays readable.

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";

import { useMe } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page";
import { Loads } from "@/components/ui/status";
import { message } from "@/components/ui/toast";
import { NewPersonDialog } from "@/features/settings/new-person-dialog";
import { PersonRow } from "@/features/settings/person-row";
import { SecretOnce } from "@/features/settings/secret-once";
import { usersQuery } from "@/lib/api/people";

/** A password that the server made for somebody. */
export type MadePassword = { email: string; password: string };

export function PeopleSection() {
  const me = useMe();
  const people = useQuery(usersQuery);
  const [isInviting, setIsInviting] = useState(false);
  const [made, setMade] = useState<MadePassword | null>(null);
  const [refusal, setRefusal] = useState<unknown>(null);
  return (
    <Section
      title="People"
      beside="Each has graphs and connections of their own"
      actions={
        <Button icon={Plus} variant="ink" onClick={() => setIsInviting(true)}>
          Add a person
        </Button>
      }
    >
      <div className="grid gap-3">
        {refusal !== null && <Notice kind="fail">{message(refusal)}</Notice>}
        <Loads query={people}>
          {(all) => (
            <div className="settings__table">
              <table className="data">
                <thead>
                  <tr>
                    <th>Person</th>
                    <th>Role</th>
                    <th>State</th>
                    <th>Since</th>
                    <th>
                      <span className="sr-only">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((person) => (
                    <PersonRow
                      key={person.id}
                      person={person}
                      isMe={person.id === me.id}
                      onRefusal={setRefusal}
                      onPassword={setMade}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Loads>
      </div>
      {isInviting && (
        <NewPersonDialog
          onClose={() => setIsInviting(false)}
          onMade={(password) => {
            setIsInviting(false);
            setMade(password);
          }}
        />
      )}
      {made && (
        <SecretOnce
          title="A password was made"
          about={
            <p>
              {made.email} logs in with it and changes it in the settings. It is shown this once: copy it and
              give it to them.
            </p>
          }
          secret={made.password}
          label="password"
          onClose={() => setMade(null)}
        />
      )}
    </Section>
  );
}

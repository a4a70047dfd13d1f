// API keys: what programs act with in the person's name.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Ago } from "@/components/ui/figures";
import { Section } from "@/components/ui/page";
import { Empty, Loads } from "@/components/ui/status";
import { tell } from "@/components/ui/toast";
import { NewKeyDialog } from "@/features/settings/new-key-dialog";
import { scopesInWords } from "@/features/settings/scope-words";
import { SecretOnce } from "@/features/settings/secret-once";
import { keys } from "@/lib/api/keys";
import { type ApiKey, apiKeysQuery, deleteApiKey } from "@/lib/api/people";

export function KeysSection() {
  const all = useQuery(apiKeysQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const makeButton = (
    <Button icon={Plus} onClick={() => setIsMaking(true)} variant="ink">
      Make a key
    </Button>
  );
  return (
    <Section
      title="API keys"
      beside="Programs act with them in your name"
      actions={all.data && all.data.length > 0 && makeButton}
    >
      <Loads query={all}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={KeyRound} title="No keys yet" action={makeButton}>
              A key lets a script start runs, send files or read results, as far as you allow it.
            </Empty>
          ) : (
            <KeysTable list={list} onDelete={setLeaving} />
          )
        }
      </Loads>
      {isMaking && (
        <NewKeyDialog
          onClose={() => setIsMaking(false)}
          onMade={(key) => {
            setIsMaking(false);
            setMade(key);
          }}
        />
      )}
      {made && (
        <SecretOnce
          title={`The key “${made.name}”`}
          about="Copy it now: it is shown this once, and nobody can bring it back."
          secret={made.key}
          label="key"
          onClose={() => setMade(null)}
        />
      )}
      {leaving && <DeleteKey apiKey={leaving} onClose={() => setLeaving(null)} />}
    </Section>
  );
}

function KeysTable({ list, onDelete }: { list: readonly ApiKey[]; onDelete: (key: ApiKey) => void }) {
  return (
    <div className="settings__table">
      <table className="data">
        <thead>
          <tr>
            <th>Name</th>
            <th>May</th>
            <th>Used</th>
            <th>Works until</th>
            <th>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((key) => (
            <tr key={key.id}>
              <td className="font-medium">{key.name}</td>
              <td className="dim" title={key.scopes.join(", ")}>
                {scopesInWords(key.scopes)}
              </td>
              <td>
                {key.last_used_at ? <Ago at={key.last_used_at} /> : <span className="faint">Not yet</span>}
              </td>
              <td>
                {key.expires_at ? <End at={key.expires_at} /> : <span className="faint">For ever</span>}
              </td>
              <td className="r">
                <Button
                  size="small"
                  variant="quiet"
                  aria-label={`Delete ${key.name}`}
                  onClick={() => onDelete(key)}
                >
                  Delete
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function End({ at }: { at: string }) {
  const isOver = Date.parse(at) < Date.now();
  return (
    <span className={isOver ? "text-fail" : ""}>
      {isOver && "Ran out "}
      <Ago at={at} />
    </span>
  );
}

function DeleteKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteApiKey(apiKey.id),
    onSuccess: async () => {
      tell(`The key “${apiKey.name}” is deleted`);
      onClose();
      await client.invalidateQueries({ queryKey: keys.apiKeys });
    },
  });
  return (
    <Confirm
      title={`Delete the key “${apiKey.name}”?`}
      about="Programs that use it are refused from now on. It cannot be brought back."
      deed="Delete key"
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

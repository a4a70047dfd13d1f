// What may be shown of a credential: what it may do, until when, when it was tested and used. Never its secret.

import type { ReactNode } from "react";

import { Ago } from "@/components/ui/figures";
import type { Credential } from "@/lib/api/credentials";
import { moment } from "@/lib/format";

export function CredentialFacts({ credential }: { credential: Credential }) {
  const { expires_at: endsAt, tested_at: testedAt, used_at: usedAt, created_at: madeAt } = credential;
  return (
    <dl className="facts">
      {credential.kind === "oauth2" && (
        <Fact name="May do">
          {credential.scopes.length > 0 ? (
            <Tags names={credential.scopes} />
          ) : (
            "What its provider gives anyway"
          )}
        </Fact>
      )}
      {credential.host && (
        <Fact name="Host">
          <span className="mono">{credential.host}</span>
        </Fact>
      )}
      {credential.secret_names.length > 0 && (
        <Fact name={credential.kind === "host_scoped" ? "Headers" : "Fields"}>
          <Tags names={credential.secret_names} />
        </Fact>
      )}
      <Fact name="Tested">{testedAt ? <Ago at={testedAt} /> : "Not yet"}</Fact>
      <Fact name="Used">{usedAt ? <Ago at={usedAt} /> : "Not yet"}</Fact>
      {endsAt && (
        <Fact name="Works until">
          <span title={moment(endsAt)}>
            <Ago at={endsAt} />
          </span>
        </Fact>
      )}
      {madeAt && (
        <Fact name="Connected">
          <Ago at={madeAt} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Tags({ names }: { names: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {names.map((name) => (
        <span key={name} className="tag mono">
          {name}
        </span>
      ))}
    </span>
  );
}

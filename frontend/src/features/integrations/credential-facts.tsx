// What may be shown of a credential: what it may do, until when, when it was tested and used. Never its secret.

import type { ReactNode } from "react";

import { Ago } from "@/components/ui/figures";
import type { Credential } from "@/lib/api/credentials";
import type { ConnectionField } from "@/lib/api/integrations";
import { moment } from "@/lib/format";

type CredentialFactsProps = {
  credential: Credential;
  /** Of the provider's form: what its parts are called. */
  fields: readonly ConnectionField[];
};

export function CredentialFacts({ credential, fields }: CredentialFactsProps) {
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
      {detailsOf(credential, fields).map(({ key, name, value }) => (
        <Fact key={key} name={name}>
          {value}
        </Fact>
      ))}
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

type Detail = { key: string; name: string; value: ReactNode };

/** What else was filled in and is no secret, as the form orders and names it; what the form no longer has comes last. */
function detailsOf({ details }: Credential, fields: readonly ConnectionField[]): Detail[] {
  const known = fields.filter(({ key }) => details[key]);
  const lost = Object.keys(details).filter((key) => details[key] && !fields.some((one) => one.key === key));
  return [
    ...known.map(({ key, label, type }) => ({ key, name: label, value: detailShown(type, details[key]) })),
    ...lost.map((key) => ({ key, name: key, value: detailShown("text", details[key]) })),
  ];
}

function detailShown(type: ConnectionField["type"], value = ""): ReactNode {
  if (type === "checkbox") return value === "true" ? "Yes" : "No";
  return <span className="mono wrap-anywhere">{value}</span>;
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

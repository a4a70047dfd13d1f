// The dialog that connects a provider, or puts a new secret or login in the place of an old one.

import { ExternalLink } from "lucide-react";
import { useId, useState } from "react";

import { kindWord, mendWord } from "@/components/integrations/credential-choice";
import { providerDisplayName } from "@/components/integrations/credentials-provider";
import { LoginPart } from "@/components/integrations/login-part";
import { fieldsOf, hasOwnForm, waysTo } from "@/components/integrations/secret-draft";
import { SecretForm } from "@/components/integrations/secret-form";
import { useProviders } from "@/components/integrations/use-providers";
import { useSecret } from "@/components/integrations/use-secret";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Loads } from "@/components/ui/status";
import { Segments } from "@/components/ui/tabs";
import { message, tell } from "@/components/ui/toast";
import type { Credential } from "@/lib/api/credentials";
import type { CredentialKind, Provider } from "@/lib/api/integrations";

export type ConnectDialogProps = {
  provider: string;
  /** Only these kinds; empty: whatever the provider takes. */
  kinds?: readonly string[];
  /** What a login is asked for; empty: what the provider's blocks usually need. */
  scopes?: readonly string[];
  /** Replace its secret, or log in again, instead of making a new one. */
  credential?: Credential | undefined;
  onDone: (credentialId: string) => void;
  onClose: () => void;
};

export function ConnectDialog(props: ConnectDialogProps) {
  const providers = useProviders();
  const name = providerDisplayName(props.provider);
  return (
    <Loads query={providers}>
      {(all) => {
        const provider = all.find((one) => one.provider === props.provider);
        if (provider) return <Connect {...props} provider={provider} />;
        return (
          <Dialog
            title={`Connect ${name}`}
            onClose={props.onClose}
            actions={<Button onClick={props.onClose}>Close</Button>}
          >
            <Notice kind="fail">
              This server does not know {name}. Add the plugin that brings it, or choose another block.
            </Notice>
          </Dialog>
        );
      }}
    </Loads>
  );
}

type ConnectProps = Omit<ConnectDialogProps, "provider"> & { provider: Provider };

function Connect({ provider, kinds = [], scopes = [], credential, onDone, onClose }: ConnectProps) {
  const formId = useId();
  const ways = waysTo(provider, kinds, credential);
  const [chosen, setChosen] = useState<CredentialKind | null>(null);
  const secret = useSecret({ provider, credential, onDone });
  const way = provider.is_available ? (chosen ?? ways[0]) : undefined;
  const canTest = way !== undefined && way !== "oauth2" && provider.has_test && hasOwnForm(provider, way);
  return (
    <Dialog
      title={credential ? `${mendWord(credential.kind)}: ${credential.title}` : `Connect ${provider.label}`}
      about={<About provider={provider} way={way} />}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          {way !== undefined && way !== "oauth2" && (
            <Button variant="ink" type="submit" form={formId} isBusy={secret.isSaving}>
              {canTest ? "Test and connect" : "Save connection"}
            </Button>
          )}
        </>
      }
    >
      {ways.length > 1 && way && (
        <div>
          <Segments
            label="Way to connect"
            value={way}
            onChange={setChosen}
            options={ways.map((kind) => ({ value: kind, label: kindWord(kind) }))}
          />
        </div>
      )}
      {way === undefined && <NoWay provider={provider} />}
      {way === "oauth2" && (
        <Login provider={provider} scopes={scopes} credential={credential} onDone={onDone} />
      )}
      {way !== undefined && way !== "oauth2" && (
        <>
          <SecretForm
            id={formId}
            kind={way}
            fields={fieldsOf(provider, way)}
            draft={secret.draft}
            onChange={secret.change}
            onSubmit={() => secret.submit(way)}
            errors={secret.errors}
            isNew={credential === undefined}
            usualTitle={provider.label}
          />
          {secret.refusal && (
            <Notice kind="fail">
              <b>Nothing was stored.</b> {message(secret.refusal)}
            </Notice>
          )}
          <p className="field__help">
            {canTest && `${provider.label} is asked whether it works before it is stored. `}
            It is stored sealed; nobody can read it back, not even here.
          </p>
        </>
      )}
    </Dialog>
  );
}

type LoginProps = {
  provider: Provider;
  scopes: readonly string[];
  credential: Credential | undefined;
  onDone: (credentialId: string) => void;
};

function Login({ provider, scopes, credential, onDone }: LoginProps) {
  if (!provider.login?.is_set_up) return <LoginNotSetUp provider={provider} />;
  return (
    <LoginPart
      provider={provider.provider}
      scopes={scopes}
      credentialId={credential?.id}
      onConnected={(id) => {
        tell(`${provider.label} is connected`);
        onDone(id);
      }}
    />
  );
}

function NoWay({ provider }: { provider: Provider }) {
  return (
    <Notice kind="fail">
      {provider.is_available
        ? `${provider.label} cannot be connected in the way that this block needs. Choose another block.`
        : `${provider.label} belongs to the tier “${provider.tier}”, which this installation does not have. An operator sets BLOCKYARD_TIER.`}
    </Notice>
  );
}

function About({ provider, way }: { provider: Provider; way: CredentialKind | undefined }) {
  return (
    <p>
      {provider.description}{" "}
      {provider.help_url && way !== "oauth2" && (
        <a
          className="anchor inline-flex items-center gap-1"
          href={provider.help_url}
          target="_blank"
          rel="noreferrer"
        >
          How to get a key
          <Icon of={ExternalLink} size={12} />
        </a>
      )}
    </p>
  );
}

/** What an operator has to do before anybody can log in. */
export function LoginNotSetUp({ provider }: { provider: Provider }) {
  return (
    <Notice kind="wait">
      <b>Logging in at {provider.label} is not set up.</b> An operator registers an application there and sets{" "}
      {provider.login?.variables.map((name, place) => (
        <span key={name}>
          {place > 0 && " and "}
          <code className="mono">{name}</code>
        </span>
      ))}{" "}
      on the server, then restarts it.
    </Notice>
  );
}

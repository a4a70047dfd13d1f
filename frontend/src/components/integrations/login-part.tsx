// Logging in at a provider, as a part of the dialog that connects it.

import { ExternalLink, LogIn } from "lucide-react";

import { providerDisplayName } from "@/components/integrations/credentials-provider";
import { type LoginPhase, useLogin } from "@/components/integrations/use-login";
import { Button, classes } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";

type LoginPartProps = {
  provider: string;
  scopes: readonly string[];
  /** Connect this one again; else a new one is made. */
  credentialId?: string | undefined;
  onConnected: (credentialId: string) => void;
};

export function LoginPart({ provider, scopes, credentialId, onConnected }: LoginPartProps) {
  const login = useLogin({ provider, scopes, credentialId, onConnected });
  const name = providerDisplayName(provider);
  const { phase } = login;
  return (
    <div className="grid gap-3">
      {scopes.length > 0 && (
        <p className="dim">
          {name} will be asked for: <span className="mono">{scopes.join(", ")}</span>
        </p>
      )}
      {login.error && <Notice kind="fail">{message(login.error)}</Notice>}
      <div aria-live="polite">{phase.is !== "idle" && <Progress phase={phase} name={name} />}</div>
      {phase.is !== "waiting" && (
        <Button
          variant="ink"
          icon={LogIn}
          isBusy={phase.is === "opening"}
          className="w-full"
          onClick={() => login.begin()}
        >
          {credentialId ? `Log in at ${name} again` : `Log in at ${name}`}
        </Button>
      )}
      {phase.is === "waiting" && !phase.isBlocked && (
        <Button onClick={() => login.begin()}>Open the window again</Button>
      )}
    </div>
  );
}

function Progress({ phase, name }: { phase: LoginPhase; name: string }) {
  if (phase.is === "refused") {
    return (
      <Notice kind="fail">
        The login at {name} came back without a connection. Its window said why; nothing here has changed.
      </Notice>
    );
  }
  if (phase.is !== "waiting") return null;
  if (phase.isBlocked) {
    return (
      <Notice
        kind="wait"
        action={
          <a className={classes({ size: "small" })} href={phase.url} target="_blank" rel="noreferrer">
            <Icon of={ExternalLink} size={14} />
            Open {name}
          </a>
        }
      >
        The browser opened no window. Open it yourself, log in there and come back.
      </Notice>
    );
  }
  return <Notice>Log in in the other window. This page goes on by itself as soon as {name} says yes.</Notice>;
}

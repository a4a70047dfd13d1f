// A secret, shown this once, with what to do with it.

import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { SetupText } from "@/features/triggers/setup-text";

type SecretShownProps = {
  title: string;
  url: string;
  secret: string;
  setup: string;
  /** Until when the old secret is taken too, in words; empty: no longer. */
  old?: string;
  onClose: () => void;
};

export function SecretShown({ title, url, secret, setup, old = "", onClose }: SecretShownProps) {
  return (
    <Dialog
      title={title}
      about="The secret is shown this once. Copy it now; if it is lost, rotate it."
      onClose={onClose}
      isWide
      actions={
        <Button variant="ink" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <Field label="Address">{() => <CopyField text={url} label="the address" />}</Field>
      <Field label="Secret" help={old}>
        {() => <CopyField text={secret} label="the secret" />}
      </Field>
      <SetupText setup={setup} />
    </Dialog>
  );
}

// A secret that was just made: shown this once, to be copied.

import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy";
import { Dialog } from "@/components/ui/dialog";

type SecretOnceProps = {
  title: string;
  about: ReactNode;
  secret: string;
  label: string;
  onClose: () => void;
};

export function SecretOnce({ title, about, secret, label, onClose }: SecretOnceProps) {
  return (
    <Dialog
      title={title}
      about={about}
      onClose={onClose}
      actions={
        <Button variant="ink" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <CopyField text={secret} label={label} />
    </Dialog>
  );
}
